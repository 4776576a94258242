import { beforeEach, describe, expect, it } from "vitest";
import { intentKey, isIntentOpen, once } from "./idempotency";
import { ApiProblem, networkProblem, problemFrom, retryAfterOf } from "./problem";

beforeEach(() => sessionStorage.clear());

describe("one key for one intent", () => {
  it("stays the same for the same body, also after a reload, and changes with it", () => {
    const key = intentKey("hold", { seats: 1 });
    expect(intentKey("hold", { seats: 1 })).toBe(key);
    expect(intentKey("hold", { seats: 2 })).not.toBe(key);
  });
  it("survives a lost connection and ends with a final answer", async () => {
    const keys: string[] = [];
    const attempt = (outcome: () => unknown) => once("pay", null, (key) => (keys.push(key), Promise.resolve().then(outcome)));
    const lost = () => {
      throw networkProblem(new TypeError("failed"));
    };
    await expect(attempt(lost)).rejects.toThrow();
    await expect(attempt(() => 1)).resolves.toBe(1);
    expect(keys[0]).toBe(keys[1]);
    expect(isIntentOpen("pay")).toBe(false);
    const declined = () => {
      throw new ApiProblem({ status: 402, code: "payment_declined", title: "Declined" });
    };
    await expect(attempt(declined)).rejects.toThrow();
    await attempt(() => 2);
    expect(new Set(keys).size).toBe(3);
  });
});

describe("problems", () => {
  it("are read from problem+json, with their extensions", () => {
    const response = new Response(null, { status: 409, headers: { "retry-after": "2" } });
    const problem = problemFrom(response, { code: "seat_taken", title: "Seat taken", status: 409, seats: ["A-1"], trace_id: "t" });
    expect(problem).toMatchObject({ code: "seat_taken", status: 409, traceId: "t", retryAfter: 2 });
    expect(problem.strings("seats")).toEqual(["A-1"]);
  });
  it("are made of whatever a proxy says", () => {
    expect(problemFrom(new Response("<html>", { status: 502 }), "<html>").code).toBe("unavailable");
    expect(retryAfterOf(new Headers({ "retry-after": "soon" }))).toBeUndefined();
  });
});
