import { trailLimits } from "../../core/trail-limits.ts";
import type { TrailEvent } from "./trail-event.ts";

/** The latest management events of all accounts, in memory alone. */
export class EventHistory {
  readonly #events: TrailEvent[] = [];
  #next = 0;

  add(event: TrailEvent): void {
    this.#events[this.#next] = event;
    this.#next = (this.#next + 1) % trailLimits.historyEvents;
  }

  /** The newest first. */
  *newestFirst(): Iterable<TrailEvent> {
    const count = this.#events.length;
    for (let back = 1; back <= count; back += 1) {
      const event = this.#events[(this.#next - back + count) % count];
      if (event !== undefined) yield event;
    }
  }
}
