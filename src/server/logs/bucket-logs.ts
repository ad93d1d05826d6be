import { operatorLimits } from "../../core/operator-limits.ts";
import type { HttpExchange } from "../http-exchange.ts";
import type { RequestTrace } from "../request-trace.ts";
import type { ServerContext } from "../server-context.ts";
import { writeAsService } from "../service-writer.ts";
import { accessLogLine } from "./access-log-line.ts";

interface OpenLog {
  readonly source: string;
  readonly owner: string;
  readonly target: string;
  readonly prefix: string;
  lines: string[];
}

type LogsContext = Parameters<typeof writeAsService>[0] &
  Pick<ServerContext, "log" | "randomBytes">;

const service = "logging.s3.amazonaws.com";

/**
 * Server access logs: of each bucket that asks for them, into the bucket that it names, as S3 does at its
 * best effort. What cannot be written is lost, and told once.
 */
export class BucketLogs {
  readonly #context: LogsContext;
  readonly #open = new Map<string, OpenLog>();
  readonly #failed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(context: LogsContext) {
    this.#context = context;
  }

  /** A `RequestObserver`. */
  readonly observe = (trace: RequestTrace, exchange: HttpExchange): void => {
    const { bucketRecord } = trace;
    const logging = bucketRecord?.settings.logging?.LoggingEnabled;
    if (bucketRecord === undefined || logging === undefined) return;
    const { TargetBucket: target, TargetPrefix: prefix } = logging;
    const { name: source, ownerAccountId: owner } = bucketRecord;
    const id = `${source}/${target}/${prefix}`;
    const log = this.#open.get(id) ?? { source, owner, target, prefix, lines: [] };
    this.#open.set(id, log);
    log.lines.push(accessLogLine(trace, exchange));
    if (log.lines.length >= operatorLimits.bucketLogLines) void this.flush();
    this.#timer ??= setTimeout(() => void this.flush(), operatorLimits.bucketLogMs).unref();
  };

  /** Writes what waits, a file a bucket. Never throws. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const logs = [...this.#open.values()];
    this.#open.clear();
    this.#writing = this.#writing.then(async () => await this.#writeAll(logs));
    await this.#writing;
  }

  async #writeAll(logs: readonly OpenLog[]): Promise<void> {
    for (const log of logs) await this.#write(log);
  }

  async #write({ source, owner, target, prefix, lines }: OpenLog): Promise<void> {
    const { partition, now, randomBytes } = this.#context;
    const sourceArn = `arn:${partition}:s3:::${source}`;
    const stamp = now().toISOString().slice(0, 19).replaceAll(/[T:]/g, "-");
    const key = `${prefix}${stamp}-${randomBytes(8).toString("hex").toUpperCase()}`;
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    const headers = { "content-type": "text/plain" };
    try {
      const writer = { service, sourceArn, sourceAccount: owner };
      await writeAsService(this.#context, writer, { bucket: target, key, bytes, headers });
      this.#failed.delete(source);
    } catch (cause) {
      if (this.#failed.has(source)) return;
      this.#failed.add(source);
      const why = cause instanceof Error ? cause.message : String(cause);
      const error = new Error(
        `The access log of s3://${source} cannot be written to s3://${target}: ${why}. Its policy has to ` +
          `let ${service} put objects.`,
        { cause },
      );
      this.#context.log({ kind: "log-file", error });
    }
  }
}
