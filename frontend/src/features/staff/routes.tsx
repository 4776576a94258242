import type { RouteObject } from "react-router";

/** Pages below `/staff`; each loads its code when it is opened. */
export const staffRoutes: RouteObject[] = [];
