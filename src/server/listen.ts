import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:https";
import { assert } from "../core/assert.ts";
import { serverLimits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { connectionBound } from "./connection-bound.ts";
import { HttpExchange } from "./http-exchange.ts";
import { listenError } from "./listen-error.ts";
import { refuseConnection } from "./refuse-connection.ts";
import { RequestQueue } from "./request-queue.ts";
import type { RequestIds } from "./respond.ts";

const idleSweepMs = 50;

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Of connections at a time. Default: see `connectionBound`. */
  readonly maxConnections?: number;
  /** Default: those of `serverLimits`. */
  readonly timeouts?: ConnectionTimeouts;
  /** PEM. Default: plain HTTP. */
  readonly tls?: TlsKeys | undefined;
  handle(exchange: HttpExchange): Promise<void>;
  newRequestIds(): RequestIds;
  /** Told of each connection that there was no room for. */
  onDrop?(): void;
}

export interface TlsKeys {
  readonly cert: string;
  readonly key: string;
}

export interface ConnectionTimeouts {
  readonly headersMs?: number;
  /** How often `headersMs` is looked at. */
  readonly checkMs?: number;
  /** Between requests. */
  readonly keepAliveMs?: number;
}

export interface Listener {
  readonly port: number;
  /** For connections to come. Throws for keys that do not fit, and for a server of plain HTTP. */
  renewTls(tls: TlsKeys): void;
  /** Requests that are served now. */
  inFlight(): number;
  /** Lets running requests end for `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>;
}

/**
 * The HTTP side of the server, with node's defaults changed where they harm S3: no limit on the
 * whole of a request (uploads take hours), connections kept longer than clients keep theirs, and
 * `Expect: 100-continue` left to the handler.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const server = createWebServer(options);
  let closing = false;
  const queue = new RequestQueue(async (exchange) => {
    if (closing) exchange.response.setHeader("connection", "close");
    await options.handle(exchange);
  });
  const take = (exchange: HttpExchange): void => {
    // Errors of a connection that is gone are dropped; code for which that matters looks at
    // `destroyed`.
    exchange.response.on("error", () => {});
    queue.add(exchange);
  };
  server.on("request", (request, response) => take(new HttpExchange(request, response, false)));
  server.on("checkContinue", (request, response) => {
    take(new HttpExchange(request, response, true));
  });
  // Other expectations than 100-continue are ignored, as S3 does.
  server.on("checkExpectation", (request, response) => {
    take(new HttpExchange(request, response, false));
  });
  // An idle connection ends here; silence in a request is judged by who reads or writes its body.
  server.on("timeout", (socket) => {
    if (queue.current(socket) === undefined) socket.destroy();
  });
  server.on("clientError", (error, socket) => {
    const exchange = queue.current(socket);
    // Broken framing inside a body: the handler can still answer on this socket.
    if (exchange === undefined) refuseConnection(error, socket, options.newRequestIds());
    else exchange.failBody(new S3Error("IncompleteBody", { cause: error }));
  });
  const sockets = new Set<Socket>();
  server.on(options.tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const endIdle = (): void => {
    for (const socket of sockets) if (queue.current(socket) === undefined) socket.destroySoon();
  };
  server.on("drop", () => options.onDrop?.());
  const port = await startListening(server, options);
  return {
    port,
    inFlight: () => queue.running().length,
    renewTls: (tls) => {
      assert(server instanceof TlsServer, "The server speaks plain HTTP.");
      server.setSecureContext(tls);
    },
    close: async (graceMs) => {
      closing = true;
      for (const { response } of queue.running()) {
        if (!response.headersSent) response.setHeader("connection", "close");
      }
      await stopListening(server, graceMs, endIdle);
    },
  };
}

function createWebServer({ maxConnections, timeouts, tls }: ListenOptions): Server {
  const options = {
    requestTimeout: 0,
    headersTimeout: timeouts?.headersMs ?? serverLimits.headersTimeoutMs,
    connectionsCheckingInterval: timeouts?.checkMs ?? serverLimits.connectionCheckMs,
    keepAliveTimeout: timeouts?.keepAliveMs ?? serverLimits.keepAliveTimeoutMs,
    maxHeaderSize: serverLimits.headerBytes,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: serverLimits.keepAliveProbeMs,
    requireHostHeader: false,
  };
  const server =
    tls === undefined
      ? createServer(options)
      : new TlsServer({ ...options, ...tls, handshakeTimeout: serverLimits.handshakeTimeoutMs });
  // Whatever node decides by headers (Expect, Connection), it decides by all of them.
  server.maxHeadersCount = 0;
  server.maxConnections = connectionBound(maxConnections);
  return server;
}

async function startListening(server: Server, { host, port }: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(listenError(cause, host, port)));
    server.listen({ host, port }, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

async function stopListening(server: Server, graceMs: number, endIdle: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Not node's own way, which lets connections stay that have never sent a request.
  endIdle();
  // A connection whose answer was under way becomes idle later, and would stay for its keep-alive.
  const sweep = setInterval(endIdle, idleSweepMs);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await closed;
  } finally {
    clearInterval(sweep);
    clearTimeout(timer);
  }
}
