import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { serverLimits } from "../../core/limits.ts";
import { operatorLimits } from "../../core/operator-limits.ts";
import type { Engine } from "../../engine/engine.ts";
import { listenError } from "../listen-error.ts";
import type { RequestMetrics } from "./metrics.ts";
import { readReadiness } from "./readiness.ts";
import { StoreMetrics } from "./store-metrics.ts";

export interface AdminOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface AdminParts {
  readonly engine: Engine;
  readonly metrics: RequestMetrics;
  inFlight(): number;
  isStopping(): boolean;
}

export interface AdminServer {
  /** `http://127.0.0.1:9001` */
  readonly endpoint: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * What operators ask: `/livez` (the process answers), `/readyz` (it can take all requests, or why not)
 * and `/metrics` for Prometheus. On a port of its own, without signatures, so that it is not for
 * strangers. Throws StorageError ConfigurationError when the address is taken.
 */
export async function startAdminServer(
  { host = "127.0.0.1", port }: AdminOptions,
  parts: AdminParts,
): Promise<AdminServer> {
  const store = new StoreMetrics(parts.engine);
  const server = createServer({ requestTimeout: serverLimits.headersTimeoutMs }, (request, out) => {
    void answer(request, parts, store).then((found) => send(request, out, found));
  });
  server.maxConnections = operatorLimits.connections;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) => reject(listenError(cause, host, port)));
      server.listen({ host, port }, resolve);
    });
  } catch (error) {
    store.stop();
    throw error;
  }
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    endpoint: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    close: async () => {
      store.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const text = "text/plain; charset=utf-8";

async function answer(
  { method, url = "/" }: IncomingMessage,
  parts: AdminParts,
  store: StoreMetrics,
): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, type: text, body: "Only GET and HEAD are answered here.\n" };
  }
  try {
    const [path = ""] = url.split("?");
    switch (path) {
      case "/livez":
        return { status: 200, type: text, body: "ok\n" };
      case "/readyz": {
        const found = await readReadiness(parts.engine, parts.isStopping());
        const body = `${JSON.stringify(found)}\n`;
        return { status: found.status === "ready" ? 200 : 503, type: "application/json", body };
      }
      case "/metrics": {
        const others = await store.read({ inFlight: parts.inFlight() });
        const type = "text/plain; version=0.0.4; charset=utf-8";
        return { status: 200, type, body: parts.metrics.render(others) };
      }
      default:
        return { status: 404, type: text, body: "There are /livez, /readyz and /metrics here.\n" };
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { status: 500, type: text, body: `${why}\n` };
  }
}

function send({ method }: IncomingMessage, out: ServerResponse, { status, type, body }: Answer) {
  out.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  out.end(method === "HEAD" ? undefined : body);
}
