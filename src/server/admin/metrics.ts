import type { HttpExchange } from "../http-exchange.ts";
import type { RequestTrace } from "../request-trace.ts";
import { type Metric, renderMetrics } from "./render-metrics.ts";

/** Seconds; from an answer out of the index to a large body. */
const boundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

interface OperationCounts {
  readonly byStatus: Map<number, number>;
  /** One for each bound, and one for what is above all; not added up. */
  readonly buckets: number[];
  seconds: number;
  count: number;
}

/** Counts requests as they end, and tells the counts as Prometheus reads them. */
export class RequestMetrics {
  readonly #operations = new Map<string, OperationCounts>();
  #bytesIn = 0;
  #bytesOut = 0;
  #aborted = 0;

  readonly observe = (trace: RequestTrace, exchange: HttpExchange): void => {
    const counts = this.#countsOf(trace.operation ?? "unknown");
    const status = trace.response?.status ?? 0;
    counts.byStatus.set(status, (counts.byStatus.get(status) ?? 0) + 1);
    const seconds = (performance.now() - trace.startedAt) / 1000;
    const bucket = boundsSeconds.findIndex((bound) => seconds <= bound);
    const index = bucket === -1 ? boundsSeconds.length : bucket;
    counts.buckets[index] = (counts.buckets[index] ?? 0) + 1;
    counts.seconds += seconds;
    counts.count += 1;
    this.#bytesIn += exchange.bytesIn;
    this.#bytesOut += exchange.bytesOut;
    if (exchange.response.destroyed && !exchange.response.isSent) this.#aborted += 1;
  };

  /** In the text format, version 0.0.4, with those of others behind. */
  render(others: readonly Metric[]): string {
    const operations = [...this.#operations];
    return renderMetrics([
      {
        name: "sms_storage_requests_total",
        help: "Requests by operation and HTTP status.",
        type: "counter",
        samples: operations.flatMap(([operation, { byStatus }]) =>
          Array.from(byStatus, ([status, value]) => ({
            labels: { operation, status: String(status) },
            value,
          })),
        ),
      },
      {
        name: "sms_storage_request_duration_seconds",
        help: "From the head of a request to the end of its answer.",
        type: "histogram",
        samples: operations.flatMap(histogramOf),
      },
      total("sms_storage_received_bytes_total", "Bytes of requests' bodies.", this.#bytesIn),
      total("sms_storage_sent_bytes_total", "Bytes of answers' bodies.", this.#bytesOut),
      total(
        "sms_storage_aborted_requests_total",
        "Requests whose client left before the whole answer.",
        this.#aborted,
      ),
      ...others,
    ]);
  }

  #countsOf(operation: string): OperationCounts {
    const known = this.#operations.get(operation);
    if (known !== undefined) return known;
    const buckets = Array.from(boundsSeconds, () => 0);
    const made = { byStatus: new Map<number, number>(), buckets, seconds: 0, count: 0 };
    this.#operations.set(operation, made);
    return made;
  }
}

function histogramOf([operation, { buckets, seconds, count }]: readonly [string, OperationCounts]) {
  let below = 0;
  const levels = boundsSeconds.map((bound, index) => {
    below += buckets[index] ?? 0;
    return { suffix: "_bucket", labels: { operation, le: String(bound) }, value: below };
  });
  return [
    ...levels,
    { suffix: "_bucket", labels: { operation, le: "+Inf" }, value: count },
    { suffix: "_sum", labels: { operation }, value: seconds },
    { suffix: "_count", labels: { operation }, value: count },
  ];
}

function total(name: string, help: string, value: number): Metric {
  return { name, help, type: "counter", samples: [{ value }] };
}
