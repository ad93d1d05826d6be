import type { HttpExchange } from "../http-exchange.ts";
import { LogFile } from "../logs/log-file.ts";
import type { ServerIdentity } from "../operation.ts";
import type { RequestTrace } from "../request-trace.ts";
import { EventHistory } from "./event-history.ts";
import { isDataOperation } from "./s3-event-names.ts";
import { takesEvent } from "./select-events.ts";
import { type TrailContext, TrailDelivery } from "./trail-delivery.ts";
import { eventsOf, type TrailEvent } from "./trail-event.ts";
import { trailArn, type TrailRecord } from "./trail-record.ts";
import { TrailStore } from "./trail-store.ts";

interface TrailFile {
  readonly path: string;
  readonly log: LogFile;
}

/** Watches all requests, and hands on what they were: to trails, to a file, and to LookupEvents. */
export class TrailRecorder {
  readonly store: TrailStore;
  readonly history = new EventHistory();
  readonly #delivery: TrailDelivery;
  readonly #context: TrailContext;
  readonly #server: ServerIdentity;
  readonly #file: LogFile | undefined;
  /** By the ARN of the trail whose events they get. */
  #files: ReadonlyMap<string, TrailFile> = new Map();

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
    for (const trail of trails) {
      if (!isFor(trail, event)) continue;
      this.#delivery.add(trail, event);
      if (this.#files.size === 0) continue;
      this.#files.get(trailArn(trail))?.log.write(JSON.stringify(event.record));
    }
  }

  /**
   * Has the events of these trails, and no others, written to files of their own; `files`: paths by ARN.
   * Throws StorageError ConfigurationError for one that cannot be written, and changes nothing then.
   */
  async followFiles(files: ReadonlyMap<string, string>): Promise<void> {
    const before = this.#files;
    const next = new Map<string, TrailFile>();
    const opened: LogFile[] = [];
    try {
      for (const [arn, path] of files) {
        const known = before.get(arn);
        if (known?.path === path) {
          next.set(arn, known);
          continue;
        }
        const log = LogFile.open(path, (error) => this.#context.log({ kind: "log-file", error }));
        opened.push(log);
        next.set(arn, { path, log });
      }
    } catch (error) {
      await Promise.all(opened.map(async (log) => await log.close()));
      throw error;
    }
    this.#files = next;
    const gone = [...before].filter(([arn, file]) => next.get(arn) !== file);
    await Promise.all(gone.map(async ([, { log }]) => await log.close()));
  }

  reopenFiles(): void {
    for (const { log } of this.#files.values()) log.reopen();
  }

  /** Writes what waits, as far as it goes, and closes the trails' files. */
  async close(): Promise<void> {
    await this.flush({ atLast: true });
    await this.followFiles(new Map());
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
