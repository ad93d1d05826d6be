import type { Engine } from "../engine/engine.ts";
import { type AdminServer, startAdminServer } from "./admin/admin-server.ts";
import { RequestMetrics } from "./admin/metrics.ts";
import { accessLog } from "./logs/access-log.ts";
import { LogFile } from "./logs/log-file.ts";
import type { RequestObserver } from "./request-trace.ts";
import type { StartServerOptions } from "./start-server.ts";

/** What watches a server for its operators: log files, counts, and a port to ask at. */
export class ServerWatch {
  readonly trailLog: LogFile | undefined;
  readonly observers: readonly RequestObserver[];
  readonly #options: StartServerOptions;
  readonly #accessLog: LogFile | undefined;
  readonly #metrics: RequestMetrics | undefined;
  #admin: AdminServer | undefined;

  /** Opens the files that the options name. Throws StorageError ConfigurationError. */
  constructor(options: StartServerOptions) {
    const { accessLog: log, admin, trailFile } = options;
    this.#options = options;
    this.trailLog = this.#open(trailFile);
    this.#accessLog = this.#open(log?.file);
    this.#metrics = admin === undefined ? undefined : new RequestMetrics();
    this.observers = [
      ...(this.#accessLog === undefined ? [] : [accessLog(this.#accessLog, log?.format)]),
      ...(this.#metrics === undefined ? [] : [this.#metrics.observe]),
    ];
  }

  /** Throws StorageError ConfigurationError when the port for operators is taken. */
  async start(engine: Engine, state: { inFlight(): number; isStopping(): boolean }): Promise<void> {
    const { admin } = this.#options;
    const metrics = this.#metrics;
    if (admin === undefined || metrics === undefined) return;
    this.#admin = await startAdminServer(admin, { ...state, engine, metrics });
  }

  /** Of the port for operators; undefined: there is none. */
  get endpoint(): string | undefined {
    return this.#admin?.endpoint;
  }

  reopenLogs(): void {
    this.trailLog?.reopen();
    this.#accessLog?.reopen();
  }

  async close(): Promise<void> {
    await Promise.all([this.trailLog?.close(), this.#accessLog?.close(), this.#admin?.close()]);
  }

  #open(path: string | undefined): LogFile | undefined {
    if (path === undefined) return undefined;
    return LogFile.open(path, (error) => this.#options.logger?.({ kind: "log-file", error }));
  }
}
