import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createQueryClient } from "../../api/query";
import type { WaitingEntry } from "../../api/types";
import { PlacesForYou } from "./places-for-you";
import { entry, event, left, offer } from "./test-data";
import { WaitingList } from "./waiting-list";

const person = vi.hoisted(() => ({ signedIn: true }));
vi.mock("../../auth/use-session", () => ({
  useUser: () => (person.signedIn ? { id: "u", email: "ben@example.com" } : null),
  useSession: () => ({ status: person.signedIn ? "signed-in" : "signed-out" }),
}));
vi.mock("../../auth/session", () => ({ accessToken: () => Promise.resolve(null), tokenRefused: () => undefined, sessionEnded: () => undefined }));

/** The platform's side: entries, what joining answers, and what was asked. */
interface Side {
  entries: WaitingEntry[];
  joining: () => Response;
  asked: string[];
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

function platform(side: Partial<Side> = {}): Side {
  const known: Side = { entries: [], joining: () => json(entry(), 201), asked: [], ...side };
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    known.asked.push(`${request.method} ${pathname}${search} ${request.method === "POST" ? await request.clone().text() : ""}`.trim());
    if (pathname.endsWith("/waiting-list")) {
      if (request.method === "GET") return json({ items: known.entries });
      return request.method === "POST" ? known.joining() : new Response(null, { status: 204 });
    }
    if (pathname.endsWith("/cancel")) return json({ id: "b1", event_id: "e1", status: "released" });
    return json(pathname.endsWith("/availability") ? left(0) : { items: [] });
  });
  return known;
}

function show(at = "/events/e1", available = 0) {
  const page = (
    <>
      <PlacesForYou event={event} availability={left(available)} />
      <WaitingList event={event} availability={left(available)} />
    </>
  );
  const router = createMemoryRouter([{ path: "/events/e1", element: page }, { path: "*", element: <p>elsewhere</p> }], { initialEntries: [at] });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}

const joined = (side: Side) => side.asked.filter((line) => line.startsWith("POST"));

describe("the waiting list on a page", () => {
  beforeEach(() => {
    person.signedIn = true;
    Element.prototype.scrollIntoView = () => undefined;
  });

  it("takes on as many as are wanted, at most what one person may have", async () => {
    const side = platform();
    side.joining = () => {
      side.entries = [entry()];
      return json(entry(), 201);
    };
    show();
    const more = await screen.findByRole("button", { name: /One more/ });
    await userEvent.click(more);
    expect(screen.getByText(/all 2 places, or none/)).toBeInTheDocument();
    await userEvent.click(more);
    expect(more).toBeDisabled();
    await userEvent.click(screen.getByRole("button", { name: /One less/ }));
    await userEvent.click(screen.getByRole("button", { name: "Join the waiting list" }));
    expect((await screen.findAllByText("You are number 3 in line")).length).toBeGreaterThan(0);
    expect(joined(side)).toEqual(['POST /api/booking/events/e1/waiting-list {"ticket_type_id":"t1","quantity":2}']);
    expect(screen.queryByRole("button", { name: /oin the waiting list/ })).toBeNull();
    expect(screen.getByRole("heading", { name: "Waiting list" })).toHaveFocus();
  });

  it("sends a stranger to log in, and joins when they come back", async () => {
    person.signedIn = false;
    const side = platform();
    const router = show();
    await userEvent.click(await screen.findByRole("button", { name: "Log in and join the waiting list" }));
    expect(router.state.location.pathname + router.state.location.search).toBe("/login?from=%2Fevents%2Fe1%23waiting-list");
    expect(joined(side)).toEqual([]);
    person.signedIn = true;
    await router.navigate("/events/e1#waiting-list");
    await waitFor(() => expect(joined(side)).toHaveLength(1));
  });

  it("does not join for who only comes by a link", async () => {
    const side = platform();
    show("/events/e1#waiting-list");
    await screen.findByRole("button", { name: "Join the waiting list" });
    expect(joined(side)).toEqual([]);
  });

  it("asks before somebody loses their place", async () => {
    const side = platform({ entries: [entry({ skips: 2 })] });
    show();
    expect(await screen.findByText(/Twice fewer places/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Leave the list" }));
    const question = screen.getByRole("group", { name: /you start at the end of the line/ });
    const stay = within(question).getByRole("button", { name: "Stay on it" });
    expect(stay).toHaveFocus();
    await userEvent.click(stay);
    expect(side.asked.some((line) => line.startsWith("DELETE"))).toBe(false);
    await userEvent.click(screen.getByRole("button", { name: "Leave the list" }));
    side.entries = [entry({ status: "left", position: null })];
    await userEvent.click(screen.getByRole("button", { name: "Leave the list" }));
    expect(await screen.findByText("You left the waiting list")).toBeInTheDocument();
    expect(side.asked).toContain("DELETE /api/booking/events/e1/waiting-list?ticket_type_id=t1");
  });

  it("leads from an offer to its checkout, or gives it back", async () => {
    const side = platform({ entries: [offer()] });
    show();
    expect(await screen.findByText("Places for you")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Buy" })).toHaveAttribute("href", "/bookings/b1/checkout");
    expect(screen.queryByRole("button", { name: /oin the waiting list/ })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Decline" }));
    side.entries = [entry({ status: "declined", position: null, booking_id: "b1" })];
    await userEvent.click(screen.getByRole("button", { name: "Decline the places" }));
    expect(await screen.findByText("You declined the places")).toBeInTheDocument();
    expect(side.asked.some((line) => line.startsWith("POST /api/booking/bookings/b1/cancel"))).toBe(true);
  });

  it.each([
    ["not_sold_out", 409, { available: 2 }, "There are tickets again", "Book now"],
    ["already_waiting", 409, { quantity: 3 }, "You are on the waiting list already, for 3 tickets", undefined],
    ["sales_closed", 409, {}, "The sale has ended", undefined],
    ["overloaded", 503, {}, "Very busy right now", "Try again"],
  ])("tells of %s and the way on", async (code, status, extra, title, button) => {
    platform({ joining: () => json({ code, title: code, status, ...extra }, status) });
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Join the waiting list" }));
    expect(await screen.findByText(title)).toBeInTheDocument();
    if (button) expect(screen.getByRole("button", { name: button })).toBeInTheDocument();
  });

  it.each([
    ["purchased", /You bought 2 tickets/],
    ["expired", /The time for your offer ran out/],
  ] as const)("says how an offer that was %s ended", async (status, text) => {
    platform({ entries: [entry({ status, position: null, booking_id: "b1" })] });
    show();
    expect(await screen.findByText(text)).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Join the waiting list" })).toBeInTheDocument();
  });

  it("is not there where there is plenty", () => {
    const side = platform();
    show("/events/e1", 8);
    expect(screen.queryByText("Waiting list")).toBeNull();
    expect(side.asked.some((line) => line.includes("waiting-list"))).toBe(false);
  });
});
