import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, Server as TlsServer } from "node:tls";
import { assert } from "../core/assert.ts";
import { serverLimits } from "../core/limits.ts";
import { connectionBound } from "./connection-bound.ts";
import { type ConnectionHost, ServerConnection } from "./http/server-connection.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { listenError } from "./listen-error.ts";
import { refuseConnection } from "./refuse-connection.ts";
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
 * The HTTP side of the server: no limit on the whole of a request (uploads take hours), connections kept
 * longer than clients keep theirs, and `Expect: 100-continue` left to the handler.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { timeouts } = options;
  const connections = new Map<Socket, ServerConnection>();
  let closing = false;
  const host: ConnectionHost = {
    headersMs: timeouts?.headersMs ?? serverLimits.headersTimeoutMs,
    keepAliveMs: timeouts?.keepAliveMs ?? serverLimits.keepAliveTimeoutMs,
    handle: async (exchange) => {
      if (closing) exchange.response.close();
      await options.handle(exchange);
    },
    refuse: (socket, code) => refuseConnection(socket, code, options.newRequestIds()),
  };
  const server = createWebServer(options);
  server.on(options.tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    // Asked for now, while it is told: of a connection that was reset it is not, and policies go by it.
    if (socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    connections.set(socket, new ServerConnection(socket, host));
    socket.on("close", () => connections.delete(socket));
  });
  /** What connections of TLS stand on, also those that have agreed on nothing yet. */
  const transports = new Set<Socket>();
  if (options.tls !== undefined) {
    server.on("connection", (socket: Socket) => {
      transports.add(socket);
      socket.on("close", () => transports.delete(socket));
    });
  }
  server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  server.on("drop", () => options.onDrop?.());
  const look = setInterval(
    () => {
      const now = performance.now();
      for (const connection of connections.values()) connection.look(now);
    },
    Math.min(timeouts?.checkMs ?? serverLimits.connectionCheckMs, host.keepAliveMs),
  );
  look.unref();
  const port = await startListening(server, options);
  const running = (): HttpExchange[] =>
    [...connections.values()].flatMap(({ exchange }) => exchange ?? []);
  return {
    port,
    inFlight: () => running().length,
    renewTls: (tls) => {
      assert(server instanceof TlsServer, "The server speaks plain HTTP.");
      server.setSecureContext(tls);
    },
    close: async (graceMs) => {
      closing = true;
      for (const { response } of running()) response.close();
      await stopListening(server, graceMs, {
        endIdle: () => {
          for (const connection of connections.values()) connection.endIdle();
          for (const socket of handshakes(transports, connections.keys())) socket.destroy();
        },
        endAll: () => {
          for (const socket of [...connections.keys(), ...transports]) socket.destroy();
        },
      });
      clearInterval(look);
    },
  };
}

/** Those with whom nothing has been agreed, so that they have asked for nothing. */
function handshakes(transports: Iterable<Socket>, connections: Iterable<Socket>): Socket[] {
  const peers = new Set([...connections].map(peerOf));
  return [...transports].filter((socket) => !peers.has(peerOf(socket)));
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function createWebServer({ maxConnections, tls }: ListenOptions): Server {
  const options = {
    allowHalfOpen: true,
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createServer(options)
      : createTlsServer({
          ...options,
          ...tls,
          ALPNProtocols: ["http/1.1"],
          handshakeTimeout: serverLimits.handshakeTimeoutMs,
        });
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

async function stopListening(
  server: Server,
  graceMs: number,
  { endIdle, endAll }: { readonly endIdle: () => void; readonly endAll: () => void },
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  endIdle();
  // A connection whose answer was under way becomes idle later, and would stay for its keep-alive.
  const sweep = setInterval(endIdle, idleSweepMs);
  const timer = setTimeout(endAll, graceMs);
  try {
    await closed;
  } finally {
    clearInterval(sweep);
    clearTimeout(timer);
  }
}
