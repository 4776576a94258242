import { describe, expect, it } from "vitest";
import { admissionTo, dropPass, keepPass, passOf } from "../../api/queue-pass";
import type { QueueView } from "../../api/types";
import { isFollowed, merge, progressOf, spoken, waitText } from "./standing";

const view = (changes: Partial<QueueView>): QueueView => ({ event_id: "e", status: "waiting", ...changes });

describe("the stream on top of what was known", () => {
  it("keeps the signed place", () => {
    expect(merge(view({ place: "Q1", position: 5 }), view({ position: 4 }))).toEqual(view({ place: "Q1", position: 4 }));
  });
  it("keeps the position while the queue is away, and nothing else", () => {
    const known = view({ position: 5, waiting: 9, estimated_wait_seconds: 30 });
    expect(merge(known, view({ status: "unavailable" }))).toEqual({ event_id: "e", status: "unavailable", position: 5, waiting: 9 });
    expect(merge(known, view({ status: "sold_out" })).position).toBeUndefined();
  });
  it("is followed as long as something may come of it", () => {
    expect(isFollowed(null)).toBe(false);
    expect(isFollowed(view({ status: "paused" }))).toBe(true);
    expect(isFollowed(view({ status: "absent" }))).toBe(false);
  });
});

describe("in words", () => {
  it("tells a wait roughly", () => {
    expect(waitText(20)).toBe("less than a minute");
    expect(waitText(70)).toBe("about 1 minute");
    expect(waitText(1_500)).toBe("about 25 minutes");
    expect(waitText(7_000)).toBe("about 2 hours");
  });
  it("tells progress from the first position that was seen", () => {
    expect(progressOf(100, 100)).toBe(0);
    expect(progressOf(1, 100)).toBe(1);
    expect(progressOf(120, 100)).toBe(0);
    expect(progressOf(1, undefined)).toBe(1);
  });
  it("says the same for positions near each other", () => {
    expect(spoken(view({ position: 187 }))).toBe(spoken(view({ position: 140 })));
    expect(spoken(view({ position: 1 }))).toBe("You are next in line.");
    expect(spoken(null)).toBe("");
  });
});

describe("what this browser keeps", () => {
  const until = (ms: number) => new Date(Date.now() + ms).toISOString();
  it("is one person's", () => {
    keepPass("e", "ada", view({ place: "Q1", position: 7 }));
    expect(passOf("e", "ada")).toMatchObject({ place: "Q1", first: 7 });
    expect(passOf("e", "ben")).toBeUndefined();
    dropPass("e");
    expect(passOf("e", "ada")).toBeUndefined();
  });
  it("remembers where it began until there is another place", () => {
    keepPass("e", "ada", view({ place: "Q1", position: 7 }));
    keepPass("e", "ada", view({ position: 3 }));
    expect(passOf("e", "ada")?.first).toBe(7);
    keepPass("e", "ada", view({ place: "Q2", position: 40 }));
    expect(passOf("e", "ada")).toEqual({ userId: "ada", place: "Q2", first: 40 });
  });
  it("admits until the admission ends", () => {
    keepPass("e", "ada", view({ place: "Q1", status: "admitted", admission: "A1", expires_at: until(60_000) }));
    expect(admissionTo("e")).toBe("A1");
    expect(admissionTo("e", Date.now() + 61_000)).toBeUndefined();
    expect(admissionTo("other")).toBeUndefined();
  });
});
