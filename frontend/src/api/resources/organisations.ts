import { queryOptions } from "@tanstack/react-query";
import { catalog, unwrap } from "../clients";

/** The organisations that somebody belongs to, with the role: the first hundred is everybody's all. */
export const organisationsQuery = queryOptions({
  queryKey: ["organisations"],
  queryFn: async ({ signal }) => (await unwrap(catalog.GET("/organisations", { params: { query: { limit: 100 } }, signal }))).items,
});
