import { expect, it } from "vitest";
import { trailLimits } from "../../core/trail-limits.ts";
import { EventHistory } from "./event-history.ts";
import type { TrailEvent } from "./trail-event.ts";

it("keeps the latest events, the newest first, also when it has forgotten some", () => {
  const history = new EventHistory();
  const ids = () => Array.from(history.newestFirst(), ({ eventId }) => Number(eventId));
  const add = (eventId: number) => history.add({ eventId: String(eventId) } as TrailEvent);
  for (let id = 0; id < 3; id += 1) add(id);
  expect(ids()).toEqual([2, 1, 0]);
  const count = trailLimits.historyEvents;
  for (let id = 3; id < count + 3; id += 1) add(id);
  expect(ids()).toEqual(Array.from({ length: count }, (_, back) => count + 2 - back));
});
