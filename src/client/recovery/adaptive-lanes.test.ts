import { describe, expect, it } from "vitest";
import { LiveList } from "../../core/live-list.ts";
import { CallScope } from "../call-scope.ts";
import { AdaptiveLanes } from "./adaptive-lanes.ts";

const scopes = new LiveList<CallScope>();
const scope = (): CallScope => new CallScope({}, scopes);

/** Lanes of which `taken` are taken. */
function lanesWith(taken: number, most = 8) {
  const clock = { nowMs: 0 };
  const lanes = new AdaptiveLanes(most, () => clock.nowMs);
  for (let index = 0; index < taken; index += 1) void lanes.enter(scope());
  return { lanes, clock };
}

describe("AdaptiveLanes", () => {
  it("are taken at once while there are some, then in the order of asking", async () => {
    const { lanes } = lanesWith(2, 2);
    const entered: string[] = [];
    const waiting = ["a", "b"].map((name) => lanes.enter(scope())?.then(() => entered.push(name)));
    lanes.leave();
    await waiting[0];
    expect(entered).toEqual(["a"]);
    lanes.leave();
    await waiting[1];
    expect(entered).toEqual(["a", "b"]);
  });

  it("are half as many after a refusal, once for all that were under way", () => {
    const { lanes, clock } = lanesWith(8);
    lanes.narrow();
    lanes.narrow();
    expect(lanes.open).toBe(4);
    clock.nowMs = 500;
    for (const _ of [1, 2, 3]) {
      lanes.narrow();
      clock.nowMs += 500;
    }
    expect(lanes.open).toBe(1);
  });

  it("grow back while calls succeed, to the number of connections", () => {
    const { lanes } = lanesWith(8);
    lanes.narrow();
    for (let call = 0; call < 5; call += 1) lanes.widen();
    expect(lanes.open).toBe(5);
    for (let call = 0; call < 100; call += 1) lanes.widen();
    expect(lanes.open).toBe(8);
  });

  it("keep nobody waiting who gave up, and no lane for them", async () => {
    const { lanes } = lanesWith(1, 1);
    const impatient = scope();
    const given = lanes.enter(impatient);
    impatient.cancel("aborted");
    await expect(given).rejects.toMatchObject({ failure: "cancelled", sent: false });
    const next = lanes.enter(scope());
    lanes.leave();
    await expect(next).resolves.toBeUndefined();
  });
});
