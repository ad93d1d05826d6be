import { gzip } from "node:zlib";
import { promisify } from "node:util";
import { trailLimits } from "../../core/trail-limits.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { ServerContext } from "../server-context.ts";
import { writeAsService } from "../service-writer.ts";
import type { JsonObject } from "./call-facts.ts";
import type { TrailEvent } from "./trail-event.ts";
import { logFolder, trailArn, type TrailRecord } from "./trail-record.ts";
import type { TrailStore } from "./trail-store.ts";

export const trailService = "cloudtrail.amazonaws.com";

interface Waiting {
  readonly trail: TrailRecord;
  events: TrailEvent[];
  /** Events that there was no room for since the last delivery. */
  dropped: number;
  /** Milliseconds since 1970; after a failure. */
  notBefore: number;
  /** Of the last attempt, told once. */
  error: string | undefined;
}

export type TrailContext = Parameters<typeof writeAsService>[0] &
  Pick<ServerContext, "log" | "randomBytes">;

const compress = promisify(gzip);

/** Gathers the events of each trail, and writes them to its bucket every few seconds. */
export class TrailDelivery {
  readonly #context: TrailContext;
  readonly #store: TrailStore;
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(context: TrailContext, store: TrailStore) {
    this.#context = context;
    this.#store = store;
  }

  add(trail: TrailRecord, event: TrailEvent): void {
    const arn = trailArn(trail);
    const waiting = this.#waiting.get(arn) ?? newWaiting(trail);
    this.#waiting.set(arn, waiting);
    if (waiting.events.length >= trailLimits.pendingEvents) {
      waiting.dropped += 1;
      return;
    }
    waiting.events.push(event);
    if (waiting.events.length === trailLimits.fileEvents) void this.flush();
    this.#timer ??= setTimeout(() => void this.flush(), trailLimits.flushMs).unref();
  }

  /** Writes what waits, one file after the other. Never throws. */
  async flush({ atLast = false } = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => await this.#writeAll(atLast));
    await this.#writing;
  }

  async #writeAll(atLast: boolean): Promise<void> {
    const now = this.#context.now().getTime();
    for (const waiting of this.#waiting.values()) {
      if (waiting.events.length === 0 || (!atLast && waiting.notBefore > now)) continue;
      await this.#writeTrail(waiting);
    }
    this.#forgetEmpty();
    if (this.#waiting.size === 0 || atLast) return;
    this.#timer ??= setTimeout(() => void this.flush(), trailLimits.flushMs).unref();
  }

  async #writeTrail(waiting: Waiting): Promise<void> {
    const attemptedAt = this.#context.now();
    const current = this.#store.find(waiting.trail);
    const { events } = waiting;
    waiting.events = [];
    // A trail that was deleted meanwhile has no use for them.
    if (current === undefined) return;
    let error: unknown;
    for (const batch of byRegion(events)) {
      try {
        if (error === undefined) await this.#writeFile(current, batch, attemptedAt);
        else waiting.events.push(...batch);
      } catch (cause) {
        error = cause;
        waiting.events.push(...batch);
      }
    }
    this.#tell(waiting, current, error);
    const code = error === undefined ? undefined : codeOf(error);
    await this.#store.noteDelivery(current, attemptedAt, code).catch((cause: unknown) => {
      this.#context.log({ kind: "trail", trail: trailArn(current), error: cause });
    });
  }

  async #writeFile(trail: TrailRecord, events: readonly TrailEvent[], at: Date): Promise<void> {
    const text = JSON.stringify({ Records: events.map(({ record }): JsonObject => record) });
    const bytes = await compress(text);
    const region = events[0]?.region ?? trail.region;
    await writeAsService(
      this.#context,
      { service: trailService, sourceArn: trailArn(trail), sourceAccount: trail.accountId },
      {
        bucket: trail.bucket,
        key: fileKey(trail, region, at, this.#context.randomBytes(8)),
        bytes,
        headers: { "content-type": "application/json", "content-encoding": "gzip" },
      },
    );
  }

  /** A failure once, until there is another or it has passed. */
  #tell(waiting: Waiting, trail: TrailRecord, error: unknown): void {
    const { dropped } = waiting;
    if (error === undefined) {
      waiting.error = undefined;
      waiting.notBefore = 0;
      waiting.dropped = 0;
      if (dropped === 0) return;
      const why = new Error(`${dropped} events were lost while its bucket took none.`);
      this.#context.log({ kind: "trail", trail: trailArn(trail), error: why });
      return;
    }
    waiting.notBefore = this.#context.now().getTime() + trailLimits.retryMs;
    const code = codeOf(error);
    if (waiting.error === code) return;
    waiting.error = code;
    const why = new Error(`No events can be written to s3://${trail.bucket}: ${wordsOf(error)}`);
    this.#context.log({ kind: "trail", trail: trailArn(trail), error: why });
  }

  #forgetEmpty(): void {
    for (const [arn, { events, error }] of this.#waiting) {
      if (events.length === 0 && error === undefined) this.#waiting.delete(arn);
    }
  }
}

function newWaiting(trail: TrailRecord): Waiting {
  return { trail, events: [], dropped: 0, notBefore: 0, error: undefined };
}

/** Files of one region each, of at most `trailLimits.fileEvents`. */
function byRegion(events: readonly TrailEvent[]): TrailEvent[][] {
  const open = new Map<string, TrailEvent[]>();
  const batches: TrailEvent[][] = [];
  for (const event of events) {
    let batch = open.get(event.region);
    if (batch === undefined || batch.length >= trailLimits.fileEvents) {
      batch = [];
      open.set(event.region, batch);
      batches.push(batch);
    }
    batch.push(event);
  }
  return batches;
}

/** Source: CloudTrail User Guide, "CloudTrail log file name format". */
function fileKey(trail: TrailRecord, region: string, at: Date, random: Buffer): string {
  const time = at.toISOString();
  const [year = "", month = "", day = ""] = time.slice(0, 10).split("-");
  const stamp = `${year}${month}${day}T${time.slice(11, 13)}${time.slice(14, 16)}Z`;
  const { accountId } = trail;
  const unique = random.toString("hex");
  const name = `${accountId}_CloudTrail_${region}_${stamp}_${unique}.json.gz`;
  return `${logFolder(trail)}${region}/${year}/${month}/${day}/${name}`;
}

function codeOf(error: unknown): string {
  return error instanceof S3Error ? error.code : "InternalError";
}

function wordsOf(error: unknown): string {
  if (!(error instanceof S3Error)) return error instanceof Error ? error.message : String(error);
  if (error.code === "NoSuchBucket") return "the bucket is not there (NoSuchBucket).";
  if (error.code !== "AccessDenied") return `${error.message} (${error.code}).`;
  return `its policy does not let ${trailService} put objects (AccessDenied).`;
}
