import { beforeEach, describe, expect, it } from "vitest";
import type { CheckIn } from "../../api/types";
import { current, gateReducer, type GateState, keepWaiting, nothing, retryPause, startState } from "./gate-state";
import { codeOf, verdictOf } from "./verdict";

const ok: CheckIn = { result: "ok", check_in_id: "c1", ticket: { id: "t", status: "redeemed", ticket_type_name: "Stalls", seat: "A-1" } };
const enter = (state: GateState, code: string, at = 0) => gateReducer(state, { type: "entered", code, nonce: `n-${code}-${at}`, at });

describe("a gate", () => {
  it("asks about one code after the other and keeps their order", () => {
    const state = enter(enter(nothing, "A"), "B");
    expect(current(state)?.code).toBe("A");
    const next = gateReducer(state, { type: "answered", nonce: "n-A-0", answer: ok, at: 1 });
    expect(next.rest).toBe("moment");
    expect(current(next)).toBeUndefined();
    expect(current(gateReducer(next, { type: "rested" }))?.code).toBe("B");
  });
  it("takes a scanner's second reading as the same person", () => {
    const state = gateReducer(enter(nothing, "A"), { type: "answered", nonce: "n-A-0", answer: ok, at: 100 });
    expect(enter(state, "A", 1_500).waiting).toHaveLength(0);
    expect(enter(state, "A", 5_000).waiting).toHaveLength(1);
  });
  it("waits to be seen after a refusal when more are kept", () => {
    const refused: CheckIn = { result: "already_redeemed", ticket: null };
    const state = gateReducer(enter(enter(nothing, "A"), "B"), { type: "answered", nonce: "n-A-0", answer: refused, at: 1 });
    expect(state.rest).toBe("seen");
  });
  it("keeps the code and its nonce while there is no answer", () => {
    const state = gateReducer(enter(nothing, "A"), { type: "unreachable", nonce: "n-A-0", problem: "gone" });
    expect(current(state)).toEqual({ code: "A", nonce: "n-A-0" });
    expect(state.trouble).toBe("gone");
    expect([0, 1, 5].map(retryPause)).toEqual([1_000, 2_000, 8_000]);
  });
  it("shows an answer as taken back", () => {
    const state = gateReducer(enter(nothing, "A"), { type: "answered", nonce: "n-A-0", answer: ok, at: 1 });
    const undone = gateReducer(state, { type: "undone", checkInId: "c1" });
    expect(undone.shown).toMatchObject({ undone: true });
  });
});

describe("kept codes", () => {
  beforeEach(() => sessionStorage.clear());
  it("outlive a reload, and nonsense in the storage harms nobody", () => {
    keepWaiting("e", [{ code: "A", nonce: "n" }]);
    expect(startState("e").waiting).toEqual([{ code: "A", nonce: "n" }]);
    sessionStorage.setItem("gate:e", "{broken");
    expect(startState("e")).toEqual(nothing);
  });
});

it("says go or stop, and why", () => {
  const now = Date.parse("2026-10-03T18:10:00Z");
  expect(verdictOf(ok, "Europe/Vienna", now).go).toBe(true);
  const used: CheckIn = { result: "already_redeemed", ticket: { id: "t", status: "redeemed", ticket_type_name: "Stalls", redeemed_at: "2026-10-03T18:05:00Z" } };
  expect(verdictOf(used, "Europe/Vienna", now)).toMatchObject({ go: false, reason: "Already used" });
  expect(verdictOf(used, "Europe/Vienna", now).detail).toMatch(/5 minutes ago/);
  expect(codeOf(" T1.abc\n def ")).toBe("T1.abcdef");
});
