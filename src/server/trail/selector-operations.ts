import { type EventSelectors, readSelectors } from "./event-selectors.ts";
import { permittedTrail, trailAtHome, type TrailOperation } from "./trail-call.ts";
import { trailNotFound } from "./trail-error.ts";
import { tellLoop } from "./trail-operations.ts";
import { trailArn } from "./trail-record.ts";

/** Which events a trail takes. */
export const selectorOperations: Readonly<Record<string, TrailOperation>> = {
  PutEventSelectors: async (call) => {
    const trail = trailAtHome(call, "PutEventSelectors", "TrailName");
    const selectors = readSelectors(call.input);
    const changed = await call.recorder.store.change(
      trail,
      (there) => ({ ...there, selectors }),
      () => trailNotFound(trail.name, call.caller),
    );
    tellLoop(call, changed);
    return { TrailARN: trailArn(trail), ...told(selectors) };
  },
  GetEventSelectors: (call) => {
    const trail = permittedTrail(call, "GetEventSelectors", "TrailName");
    return { TrailARN: trailArn(trail), ...told(trail.selectors) };
  },
};

function told(selectors: EventSelectors) {
  return "basic" in selectors
    ? { EventSelectors: selectors.basic }
    : { AdvancedEventSelectors: selectors.advanced };
}
