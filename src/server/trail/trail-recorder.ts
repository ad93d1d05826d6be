import type { HttpExchange } from "../http-exchange.ts";
import type { LogFile } from "../logs/log-file.ts";
import type { ServerIdentity } from "../operation.ts";
import type { RequestTrace } from "../request-trace.ts";
import { EventHistory } from "./event-history.ts";
import { isDataOperation } from "./s3-event-names.ts";
import { takesEvent } from "./select-events.ts";
import { type TrailContext, TrailDelivery } from "./trail-delivery.ts";
import { eventsOf, type TrailEvent } from "./trail-event.ts";
import type { TrailRecord } from "./trail-record.ts";
import { TrailStore } from "./trail-store.ts";

/** Watches all requests, and hands on what they were: to trails, to a file, and to LookupEvents. */
export class TrailRecorder {
  readonly store: TrailStore;
  readonly history = new EventHistory();
  readonly #delivery: TrailDelivery;
  readonly #context: TrailContext;
  readonly #server: ServerIdentity;
  readonly #file: LogFile | undefined;

  /** `file`: gets every event of every account as a line of JSON, whatever trails there are. */
  constructor(context: TrailContext, server: ServerIdentity, file: LogFile | undefined) {
    this.store = new TrailStore(context.engine);
    this.#delivery = new TrailDelivery(context, this.store);
    this.#context = context;
    this.#server = server;
    this.#file = file;
  }

  /** A `RequestObserver`: the answer has been sent, so that nobody waits for it. */
  readonly observe = (trace: RequestTrace, exchange: HttpExchange): void => {
    const { data, trails } = this.store.active();
    if (!data && this.#file === undefined && isDataOperation(trace.operation ?? "")) return;
    try {
      for (const event of eventsOf(trace, exchange, this.#server)) this.#take(event, trails);
    } catch (error) {
      this.#context.log({ kind: "failure", requestId: trace.requestId, error });
    }
  };

  #take(event: TrailEvent, trails: readonly TrailRecord[]): void {
    if (event.category === "Management") this.history.add(event);
    this.#file?.write(JSON.stringify(event.record));
    for (const trail of trails) if (isFor(trail, event)) this.#delivery.add(trail, event);
  }

  /** What waits for trails is written now; with `atLast` it is tried even where it has just failed. */
  async flush(options: { readonly atLast?: boolean } = {}): Promise<void> {
    await this.#delivery.flush(options);
  }
}

function isFor(trail: TrailRecord, event: TrailEvent): boolean {
  if (trail.accountId !== event.accountId) return false;
  const isHere = event.isGlobal ? trail.globalEvents : trail.region === event.region;
  return (isHere || (trail.multiRegion && !event.isGlobal)) && takesEvent(trail.selectors, event);
}
