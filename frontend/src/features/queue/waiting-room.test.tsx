import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createQueryClient } from "../../api/query";
import { admissionTo, dropPass, passOf } from "../../api/queue-pass";
import type { Event, QueueView } from "../../api/types";
import { WaitingRoom } from "./waiting-room";

vi.mock("../../auth/use-session", () => ({
  useUser: () => ({ id: "u", email: "ada@example.com" }),
  useSession: () => ({ status: "signed-in" }),
}));
vi.mock("../../auth/session", () => ({ accessToken: () => Promise.resolve(null), tokenRefused: () => undefined, sessionEnded: () => undefined }));
/** The places that are followed right now. */
const followed = vi.hoisted(() => new Set<string>());
vi.mock("../../api/queue-stream", () => ({
  followQueue: (_eventId: string, place: string) => {
    followed.add(place);
    return () => followed.delete(place);
  },
}));

const event = { id: "e1", title: "Concert", status: "published", waiting_room: true } as unknown as Event;
const soon = () => new Date(Date.now() + 600_000).toISOString();
const view = (changes: Partial<QueueView>): QueueView => ({ event_id: "e1", status: "waiting", place: "Q1", ...changes });
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const gone = () => new Response(null, { status: 204 });

/** The platform's side: where the person stands, what leaving answers, and what was asked with which place. */
function platform(standing: QueueView, leaving: () => Response | Promise<Response> = gone) {
  const side = { standing, leaving, asked: [] as string[] };
  vi.stubGlobal("fetch", async (request: Request) => {
    side.asked.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("queue-place") ?? ""}`.trim());
    return request.method === "DELETE" ? side.leaving() : json(side.standing);
  });
  return side;
}

function show() {
  const page = (
    <WaitingRoom event={event} joinable>
      <p>the tickets</p>
    </WaitingRoom>
  );
  const router = createMemoryRouter([{ path: "/events/e1", element: page }], { initialEntries: ["/events/e1"] });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
}

const LEAVE = "DELETE /api/booking/events/e1/queue";
const ask = async () => userEvent.click(await screen.findByRole("button", { name: "Leave the line" }));
const question = () => screen.getByRole("group", { name: "Leave the line? Your place goes to the next one; joining again starts at the end." });
const confirm = () => userEvent.click(within(question()).getByRole("button", { name: "Leave the line" }));

describe("leaving the line", () => {
  beforeEach(() => {
    followed.clear();
    dropPass("e1");
  });

  it("is asked before anything is lost", async () => {
    const side = platform(view({ position: 7 }));
    show();
    await ask();
    const stay = within(question()).getByRole("button", { name: "Stay in line" });
    expect(stay).toHaveFocus();
    await userEvent.click(stay);
    expect(screen.getByRole("button", { name: "Leave the line" })).toHaveFocus();
    expect(side.asked).not.toContain(LEAVE);
    expect(passOf("e1", "u")?.place).toBe("Q1");
  });

  it.each<Partial<QueueView>>([
    { status: "early", sales_start: soon() },
    { status: "waiting", position: 7 },
    { status: "paused", position: 7 },
    { status: "admitted", admission: "A1", expires_at: soon() },
  ])("gives up what is $status, and leads to where one can join again", async (standing) => {
    const side = platform(view(standing));
    show();
    await ask();
    await confirm();
    const status = await screen.findByText("You left the line.");
    expect(status.closest("[role=status]")).toBeVisible();
    expect(screen.getByRole("group", { name: "Waiting room" })).toHaveFocus();
    expect(screen.queryByText("the tickets")).toBeNull();
    expect(passOf("e1", "u")).toBeUndefined();
    expect(admissionTo("e1")).toBeUndefined();
    expect(followed.size).toBe(0);

    side.standing = view({ place: "Q2", position: 40 });
    await userEvent.click(screen.getByRole("button", { name: "Join the line" }));
    expect(await screen.findByText("Place 40")).toBeInTheDocument();
    expect(screen.queryByText("You left the line.")).toBeNull();
    expect(side.asked.filter((line) => !line.startsWith("GET"))).toEqual([LEAVE, "POST /api/booking/events/e1/queue"]);
    expect(followed).toEqual(new Set(["Q2"]));
  });

  it("is no longer told of once another place is asked for", async () => {
    platform(view({ position: 7 }));
    show();
    await ask();
    await confirm();
    await screen.findByText("You left the line.");
    vi.stubGlobal("fetch", () => Promise.resolve(json({ code: "queue_full", title: "Full", status: 503 }, 503)));
    await userEvent.click(screen.getByRole("button", { name: "Join the line" }));
    expect(await screen.findByText("The line is full")).toBeInTheDocument();
    expect(screen.queryByText("You left the line.")).toBeNull();
  });

  it("hears no more of the place while it is under way", async () => {
    let answer: (response: Response) => void = () => undefined;
    const side = platform(view({ position: 7 }), () => new Promise((resolve) => (answer = resolve)));
    show();
    await waitFor(() => expect(followed.size).toBe(1));
    await ask();
    await confirm();
    await waitFor(() => expect(side.asked).toContain(LEAVE));
    expect(followed.size).toBe(0);
    expect(passOf("e1", "u")?.place).toBe("Q1");
    answer(gone());
    expect(await screen.findByText("You left the line.")).toBeInTheDocument();
  });

  it("keeps everything when it fails, and can be tried again", async () => {
    const side = platform(view({ status: "admitted", admission: "A1", expires_at: soon() }), () => json({ code: "unavailable", title: "Unavailable", status: 503 }, 503));
    show();
    await ask();
    await confirm();
    expect(await screen.findByText("Very busy right now")).toBeInTheDocument();
    expect(screen.getByText(/Your place is kept/)).toBeInTheDocument();
    expect(screen.getByText("the tickets")).toBeInTheDocument();
    expect(admissionTo("e1")).toBe("A1");
    expect(followed).toEqual(new Set(["Q1"]));
    side.leaving = gone;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("You left the line.")).toBeInTheDocument();
    expect(admissionTo("e1")).toBeUndefined();
  });

  it("promises nothing without an answer", async () => {
    platform(view({ position: 7 }), () => Promise.reject(new TypeError("connection reset")));
    show();
    await ask();
    await confirm();
    expect(await screen.findByText("No connection")).toBeInTheDocument();
    expect(screen.queryByText(/Your place is kept/)).toBeNull();
    expect(passOf("e1", "u")?.place).toBe("Q1");
  });

  it("is not offered while the queue is away", async () => {
    platform(view({ status: "unavailable" }));
    show();
    expect(await screen.findByText("The line stands still for a moment")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Leave the line" })).toBeNull();
  });
});
