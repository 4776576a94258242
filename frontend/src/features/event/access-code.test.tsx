import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createQueryClient } from "../../api/query";
import type { Event } from "../../api/types";
import { enterCode } from "./access";
import { Component as EventPage } from "./event-page";

vi.mock("../../auth/use-session", () => ({
  useUser: () => ({ id: "u", email: "ada@example.com" }),
  useSession: () => ({ status: "signed-in" }),
}));
vi.mock("../../auth/session", () => ({ session: () => ({ status: "signed-in" }), accessToken: () => Promise.resolve(null), tokenRefused: () => undefined, sessionEnded: () => undefined }));
// jsdom draws nothing: the seats are taken from the list.
vi.mock("../seat-map/use-canvas", () => ({ useCanvas: () => [{ current: null }, { zoomed: false }] }));
vi.mock("../../api/event-stream", () => ({ followEvent: () => () => undefined }));

const type = (id: string, name: string, kind: string, access_code_required: boolean) => ({
  id,
  name,
  kind,
  access_code_required,
  price: { amount: 2500, currency: "EUR" },
  capacity: 100,
  max_per_order: 4,
  sales_start: null,
  sales_end: null,
  seating_categories: [],
});
const event = {
  id: "e1",
  title: "Concert",
  description: "",
  tags: [],
  status: "published",
  time_zone: "Europe/Vienna",
  starts_at: "2099-01-01T19:00:00Z",
  ends_at: "2099-01-01T22:00:00Z",
  max_per_buyer: 8,
  ticket_types: [type("t1", "Fans", "general", true), type("t2", "Everybody", "general", false), type("t3", "Stalls", "seated", true), type("t4", "Balcony", "seated", false)],
} as unknown as Event;
const seats = [
  ["A-1", "t3"],
  ["B-1", "t4"],
].map(([seat_guid, ticket_type_id], y) => ({ seat_guid, ticket_type_id, zone: "Hall", row: String(y), number: "1", category: "c", x: 0, y: y * 20 }));

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** The platform's side: what it knows of the event, what it answers to a hold or a wish to wait, and with which bodies it was asked. */
function platform({ shown = event, left = 50, code = "Moonlight" } = {}) {
  const asked: { access_code?: string }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") {
      const body = (await request.clone().json()) as { access_code?: string };
      asked.push(body);
      if (body.access_code === code) return json({ id: "b1", event_id: "e1", status: "held", seats: 1 }, 201);
      const fault = body.access_code === undefined ? "access_code_required" : "access_code_wrong";
      return json({ code: fault, title: fault, status: 403 }, 403);
    }
    if (pathname.endsWith("/availability")) return json({ ticket_types: shown.ticket_types.map(({ id }) => ({ id, available: left })) });
    if (pathname.endsWith("/seating")) return json({ plan: {}, categories: [], seats });
    if (pathname.endsWith("/seats")) return json({ seats: seats.map(({ seat_guid }) => ({ seat_guid, status: "free" })) });
    return json(pathname.endsWith("/events/e1") ? shown : { items: [] });
  });
  return asked;
}

async function show() {
  const router = createMemoryRouter([{ path: "/events/:eventId", element: <EventPage /> }, { path: "*", element: <p>elsewhere</p> }], { initialEntries: ["/events/e1"] });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  await screen.findByRole("heading", { name: /^Tickets$|Sold out|Waiting list/ });
  return router;
}

const enter = async (code: string) => {
  const field = screen.getByLabelText("Access code");
  await userEvent.clear(field);
  await userEvent.type(field, `${code}{Enter}`);
};
const hold = () => userEvent.click(screen.getByRole("button", { name: "Hold tickets" }));

describe("tickets with an access code", () => {
  beforeEach(() => enterCode("e1", ""));

  it("are locked until a code is entered, and held with it", async () => {
    const asked = platform();
    const router = await show();
    expect(screen.queryByRole("button", { name: "One more: Fans" })).toBeNull();
    expect(screen.getByText("With an access code")).toBeInTheDocument();
    expect(screen.getByRole("radio", { name: /Stalls · With an access code/ })).toBeDisabled();
    expect(screen.getByRole("radio", { name: /Balcony/ })).toBeEnabled();
    expect(screen.getByLabelText("Access code")).toHaveAccessibleDescription("For Fans and Stalls");
    await enter(" Moonlight ");
    expect(screen.getByText("Access code entered")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Change the code" })).toHaveFocus();
    await userEvent.click(screen.getByRole("button", { name: "One more: Fans" }));
    await hold();
    await waitFor(() => expect(router.state.location.pathname).toBe("/bookings/b1/checkout"));
    expect(asked).toEqual([{ event_id: "e1", items: [{ ticket_type_id: "t1", quantity: 1 }], access_code: "Moonlight" }]);
    expect(JSON.stringify(sessionStorage)).not.toContain("Moonlight");
  });

  it("say at the field that a code is wrong, and take another one", async () => {
    const asked = platform();
    const router = await show();
    await enter("Sunlight");
    await userEvent.click(screen.getByRole("radio", { name: /Stalls/ }));
    await hold();
    const field = await screen.findByLabelText("Access code");
    await waitFor(() => expect(field).toHaveFocus());
    expect(field).toBeInvalid();
    expect(field).toHaveAccessibleDescription(/This code does not open these tickets/);
    expect(screen.queryByText("The access code is wrong")).toBeNull();
    await enter("Moonlight");
    expect(screen.queryByText(/does not open/)).toBeNull();
    await hold();
    await waitFor(() => expect(router.state.location.pathname).toBe("/bookings/b1/checkout"));
    const best_available = { ticket_type_id: "t3", quantity: 2 };
    expect(asked).toEqual(["Sunlight", "Moonlight"].map((access_code) => ({ event_id: "e1", best_available, access_code })));
  });

  it("ask for a code that a reload lost", async () => {
    sessionStorage.setItem("choice:e2", JSON.stringify({ kind: "items", quantities: { t1: 1 } }));
    const other = { ...event, id: "e2" };
    platform({ shown: other });
    vi.stubGlobal("fetch", ((fetch) => (request: Request) => (request.url.endsWith("/events/e2") ? Promise.resolve(json(other)) : fetch(request)))(globalThis.fetch as (request: Request) => Promise<Response>));
    const router = createMemoryRouter([{ path: "/events/:eventId", element: <EventPage /> }], { initialEntries: ["/events/e2"] });
    render(
      <QueryClientProvider client={createQueryClient()}>
        <RouterProvider router={router} />
      </QueryClientProvider>,
    );
    expect(await screen.findByRole("button", { name: "One less: Fans" })).toBeEnabled();
    await hold();
    await waitFor(() => expect(screen.getByLabelText("Access code")).toHaveAccessibleDescription(/only for who has an access code/));
  });

  it("lock their seats on the map", async () => {
    platform();
    await show();
    await userEvent.click(screen.getByRole("button", { name: "Choose seats on the map" }));
    await userEvent.click(await screen.findByText("Seats as a list"));
    expect(await screen.findByText("Hall, row 1: 1 seat free")).toBeInTheDocument();
    expect(screen.getByText("Hall, row 0: only with an access code")).toBeInTheDocument();
    await enter("Moonlight");
    expect(screen.getByText("Hall, row 0: 1 seat free")).toBeInTheDocument();
  });

  it("want it for a place in the line", async () => {
    const shown = { ...event, ticket_types: event.ticket_types.slice(0, 1) };
    const asked = platform({ shown, left: 0 });
    await show();
    const join = await screen.findByRole("button", { name: "Join the waiting list" });
    await userEvent.click(join);
    await waitFor(() => expect(screen.getByLabelText("Access code")).toHaveFocus());
    await enter("Moonlight");
    await userEvent.click(join);
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked.map(({ access_code }) => access_code)).toEqual([undefined, "Moonlight"]);
  });

  it("are not spoken of where there are none", async () => {
    platform({ shown: { ...event, ticket_types: event.ticket_types.slice(1, 2) } });
    await show();
    await screen.findByRole("button", { name: "One more: Everybody" });
    expect(screen.queryByLabelText("Access code")).toBeNull();
  });
});
