import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { createQueryClient } from "../../api/query";
import { useProgress } from "./use-progress";

vi.mock("../../auth/session", () => ({ accessToken: () => Promise.resolve(null), tokenRefused: () => undefined, sessionEnded: () => undefined }));

const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });

function Follow() {
  return <p>{useProgress("b1").progress?.kind}</p>;
}

it("hears of the bank's answer that comes after its customer", async () => {
  const held = { id: "b1", status: "held", expires_at: "2099-01-01T19:00:00Z", items: [] };
  let answered = false;
  vi.stubGlobal("fetch", (request: Request) => {
    if (new URL(request.url).pathname.endsWith("/bookings/b1")) return Promise.resolve(json(answered ? { ...held, status: "confirmed", expires_at: null } : held));
    return Promise.resolve(json({ items: [{ id: "p1", status: answered ? "captured" : "requires_action" }] }));
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <Follow />
    </QueryClientProvider>,
  );
  await screen.findByText("action");
  answered = true;
  expect(await screen.findByText("done", undefined, { timeout: 5_000 })).toBeInTheDocument();
});
