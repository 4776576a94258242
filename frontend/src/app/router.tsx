import type { QueryClient } from "@tanstack/react-query";
import { createBrowserRouter, type LoaderFunction, type RouteObject } from "react-router";
import { eventQuery } from "../api/resources/events";
import { RequireSession } from "../auth/require-session";
import { organiserRoutes } from "../features/organiser/routes";
import { staffRoutes } from "../features/staff/routes";
import { PageSkeleton } from "../ui/page";
import { ErrorPage } from "./error-page";
import { Layout, type RouteHandle } from "./layout";
import { NotFoundPage } from "./not-found-page";

const focused: RouteHandle = { focused: true };

/** An event is asked for while the page's code is still on its way. */
function eventLoader(client: QueryClient): LoaderFunction {
  return ({ params: { eventId } }) => {
    if (eventId) void client.prefetchQuery(eventQuery(eventId));
    return null;
  };
}

/** Pages for everybody. The first page loads with its own code only. */
const open = (client: QueryClient): RouteObject[] => [
  { path: "/", lazy: () => import("../features/search/home-page") },
  { path: "/events/:eventId", loader: eventLoader(client), shouldRevalidate: () => false, lazy: () => import("../features/event/event-page"), handle: focused },
  { path: "/events/:eventId/order", lazy: () => import("../features/event/order-page"), handle: focused },
  { path: "/login", lazy: () => import("../features/account/login-page") },
  { path: "/register", lazy: () => import("../features/account/register-page") },
  { path: "/password-reset", lazy: () => import("../features/account/forgot-password-page") },
  { path: "/password-reset/confirm", lazy: () => import("../features/account/reset-password-page") },
];

/** Pages of somebody signed in. */
const personal: RouteObject[] = [
  { path: "/bookings", lazy: () => import("../features/booking/history-page") },
  { path: "/bookings/:bookingId", lazy: () => import("../features/booking/booking-page") },
  { path: "/bookings/:bookingId/checkout", lazy: () => import("../features/booking/checkout-page"), handle: focused },
  { path: "/bookings/:bookingId/cancel", lazy: () => import("../features/booking/cancel-page") },
  { path: "/bookings/:bookingId/tickets", lazy: () => import("../features/tickets/tickets-page"), handle: focused },
  { path: "/bookings/:bookingId/receipt", lazy: () => import("../features/receipt/receipt-page") },
  {
    path: "/account",
    lazy: () => import("../features/account/account-layout"),
    children: [
      { index: true, lazy: () => import("../features/account/profile-page") },
      { path: "sessions", lazy: () => import("../features/account/sessions-page") },
    ],
  },
  ...organiserRoutes,
  ...staffRoutes,
];

export const routes = (client: QueryClient): RouteObject[] => [
  {
    element: <Layout />,
    errorElement: <ErrorPage />,
    hydrateFallbackElement: <PageSkeleton />,
    children: [
      {
        errorElement: <ErrorPage />,
        children: [...open(client), { element: <RequireSession />, children: personal }, { path: "*", element: <NotFoundPage /> }],
      },
    ],
  },
];

export function createRouter(client: QueryClient) {
  return createBrowserRouter(routes(client));
}
