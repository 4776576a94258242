import type { RouteObject } from "react-router";
import type { RouteHandle } from "../../app/layout";

const bare: RouteHandle = { bare: true };

/** Pages below `/staff`; each loads its code when it is opened. */
export const staffRoutes: RouteObject[] = [
  { path: "/staff", lazy: () => import("./events-page") },
  { path: "/staff/events/:eventId", lazy: () => import("./gate-page"), handle: bare },
];
