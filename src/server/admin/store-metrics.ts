import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import type { Engine } from "../../engine/engine.ts";
import type { Metric } from "./render-metrics.ts";

/** What is known of the store and the process, asked when somebody wants to know. */
export class StoreMetrics {
  readonly #engine: Engine;
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  readonly #watcher: PerformanceObserver;
  #collections = 0;
  #collectionSeconds = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#delay.enable();
    this.#watcher = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#collections += 1;
        this.#collectionSeconds += duration / 1000;
      }
    });
    this.#watcher.observe({ entryTypes: ["gc"] });
  }

  stop(): void {
    this.#delay.disable();
    this.#watcher.disconnect();
  }

  async read(running: { readonly inFlight: number }): Promise<readonly Metric[]> {
    const { readOnlyReason, buckets, transactions, changes, garbageFiles } = this.#engine.status();
    const { freeBytes, indexBytes } = await this.#engine.measure();
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const lag = this.#delay.percentile(99) / 1e9;
    this.#delay.reset();
    return [
      gauge("sms_storage_requests_in_flight", "Requests that are served now.", running.inFlight),
      gauge("sms_storage_buckets", "Buckets of all accounts.", buckets),
      gauge(
        "sms_storage_read_only",
        "1 when the store takes no changes, after a failed flush.",
        readOnlyReason === undefined ? 0 : 1,
      ),
      gauge("sms_storage_disk_free_bytes", "Free on the disk of the data folder.", freeBytes),
      gauge("sms_storage_index_bytes", "Size of the LMDB index's file.", indexBytes),
      counter(
        "sms_storage_index_transactions_total",
        "Transactions of the index, each with its flush where the store is durable.",
        transactions,
      ),
      counter(
        "sms_storage_index_changes_total",
        "Changes in those transactions; several share one.",
        changes,
      ),
      gauge("sms_storage_garbage_files", "Files that wait to be deleted.", garbageFiles),
      counter("process_cpu_seconds_total", "CPU time, user and system.", (user + system) / 1e6),
      gauge("process_resident_memory_bytes", "Memory, mapped index pages included.", rss),
      gauge("nodejs_heap_used_bytes", "Memory of JavaScript objects.", heapUsed),
      gauge(
        "nodejs_eventloop_lag_p99_seconds",
        "Of the time since the metrics were last asked for.",
        Number.isFinite(lag) ? lag : 0,
      ),
      counter("nodejs_gc_total", "Garbage collections of the process.", this.#collections),
      counter("nodejs_gc_seconds_total", "Time that they took.", this.#collectionSeconds),
    ];
  }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: "gauge", samples: [{ value }] };
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: "counter", samples: [{ value }] };
}
