import type { RouteObject } from "react-router";

/** Pages below `/organiser`; each loads its code when it is opened. */
export const organiserRoutes: RouteObject[] = [];
