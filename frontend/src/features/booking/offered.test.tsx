import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { createQueryClient } from "../../api/query";
import type { Booking } from "../../api/types";
import { Component as BookingPage } from "./booking-page";
import { Component as CheckoutPage } from "./checkout-page";
import { Component as HistoryPage } from "./history-page";

vi.mock("../../auth/use-session", () => ({ useUser: () => ({ id: "u", email: "ben@example.com" }) }));
vi.mock("../../auth/session", () => ({ accessToken: () => Promise.resolve(null), tokenRefused: () => undefined, sessionEnded: () => undefined }));

const price = { amount: 2500, currency: "EUR" };
const booking = (over: Partial<Booking>): Booking => ({
  id: "b1",
  event_id: "e1",
  event: { id: "e1", title: "Concert", starts_at: "2099-01-01T19:00:00Z", ends_at: "2099-01-01T22:00:00Z", time_zone: "Europe/Vienna" } as Booking["event"],
  user_id: "u",
  status: "held",
  seats: 1,
  items: [{ ticket_type_id: "t1", name: "Standing", quantity: 1, unit_price: price, seats: [] }],
  total: price,
  offered: true,
  expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  created_at: "2026-11-01T10:00:00Z",
  version: 1,
  ...over,
});

const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });

async function show(at: string, over: Partial<Booking> = {}) {
  const known = booking(over);
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/bookings")) return Promise.resolve(json({ items: [known] }));
    return Promise.resolve(json(pathname.endsWith("/bookings/b1") ? known : { items: [] }));
  });
  const routes = [
    { path: "/bookings", element: <HistoryPage /> },
    { path: "/bookings/:bookingId", element: <BookingPage /> },
    { path: "/bookings/:bookingId/checkout", element: <CheckoutPage /> },
  ];
  render(
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={createMemoryRouter(routes, { initialEntries: [at] })} />
    </QueryClientProvider>,
  );
  await screen.findAllByText(/Concert/);
}

const pages = ["/bookings", "/bookings/b1", "/bookings/b1/checkout"];

describe("a booking that the waiting list made", () => {
  it.each(pages)("says why it is there, and until when, at %s", async (at) => {
    await show(at);
    expect(screen.getByText(/Offered by the waiting list: kept for you for/)).toHaveTextContent(/ (1:00:00|59:\d\d)/);
    expect(screen.queryByText(/eld for/)).toBeNull();
  });

  it.each(pages)("is not one that its buyer took, at %s", async (at) => {
    await show(at, { offered: false });
    expect(screen.getByText(/eld for/)).toBeInTheDocument();
    expect(screen.queryByText(/waiting list/)).toBeNull();
  });

  it("is like any other once it is paid", async () => {
    await show("/bookings", { status: "confirmed", confirmed_at: "2026-11-01T10:05:00Z" });
    expect(screen.getByText("Confirmed")).toBeInTheDocument();
    expect(screen.queryByText(/waiting list/)).toBeNull();
  });

  it("goes to whoever is next at its end", async () => {
    await show("/bookings/b1/checkout", { expires_at: new Date(Date.now() + 60_000).toISOString() });
    expect(screen.getByText(/After that whoever is next gets them/)).toBeInTheDocument();
  });
});
