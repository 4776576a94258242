import { QueryClient } from "@tanstack/react-query";
import { isProblem } from "./problem";

/**
 * The cache of server state. The transport resends by itself, so queries don't retry again; mutations run even when the
 * browser thinks it is offline, so that they fail with a message instead of waiting silently.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: false,
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: (query) => !isProblem(query.state.error, "not_found"),
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
