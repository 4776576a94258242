import { createBrowserRouter, type RouteObject } from "react-router";
import { RequireSession } from "../auth/require-session";
import { organiserRoutes } from "../features/organiser/routes";
import { staffRoutes } from "../features/staff/routes";
import { PageSkeleton } from "../ui/page";
import { ErrorPage } from "./error-page";
import { Layout } from "./layout";
import { NotFoundPage } from "./not-found-page";

const open: RouteObject[] = [];

/** Pages of somebody signed in. */
const personal: RouteObject[] = [...organiserRoutes, ...staffRoutes];

export const routes: RouteObject[] = [
  {
    element: <Layout />,
    errorElement: <ErrorPage />,
    hydrateFallbackElement: <PageSkeleton />,
    children: [
      {
        errorElement: <ErrorPage />,
        children: [...open, { element: <RequireSession />, children: personal }, { path: "*", element: <NotFoundPage /> }],
      },
    ],
  },
];

export function createRouter() {
  return createBrowserRouter(routes);
}
