import type { RouteObject } from "react-router";

/** Pages below `/organiser`; each loads its code when it is opened. */
export const organiserRoutes: RouteObject[] = [
  { path: "/organiser", lazy: () => import("./organisations-page") },
  {
    path: "/organiser/:organisationId",
    lazy: () => import("./shell"),
    children: [
      { path: "events", lazy: () => import("./events-page") },
      { path: "import", lazy: () => import("./import-page") },
      { path: "members", lazy: () => import("./members-page") },
      { path: "venues", lazy: () => import("./venues-page") },
    ],
  },
  { path: "/organiser/:organisationId/events/new", lazy: () => import("./editor/new-page") },
  { path: "/organiser/:organisationId/events/:eventId", lazy: () => import("./sales-page") },
  { path: "/organiser/:organisationId/events/:eventId/edit", lazy: () => import("./editor/edit-page") },
];
