import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { StorageError } from "../core/errors.ts";
import { serverLimits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { element, renderXml } from "../protocol/xml/render.ts";
import { HttpExchange } from "./http-exchange.ts";

const idleSweepMs = 50;

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  handle(exchange: HttpExchange): Promise<void>;
}

export interface Listener {
  readonly port: number;
  /** Lets running requests end for `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>;
}

/**
 * The HTTP side of the server, with node's defaults changed where they harm S3: no limit on the
 * whole of a request (uploads take hours), connections kept longer than clients keep theirs, and
 * `Expect: 100-continue` left to the handler.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const active = new Map<Duplex, HttpExchange>();
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: serverLimits.headersTimeoutMs,
    keepAliveTimeout: serverLimits.keepAliveTimeoutMs,
    maxHeaderSize: serverLimits.headerBytes,
    noDelay: true,
    requireHostHeader: false,
  });
  // Whatever node decides by headers (Expect, Connection), it decides by all of them.
  server.maxHeadersCount = 0;
  let closing = false;
  const serve = async (exchange: HttpExchange): Promise<void> => {
    const { socket } = exchange.request;
    // Errors of a connection that is gone are dropped; code for which that matters looks at
    // `destroyed`.
    exchange.response.on("error", () => {});
    active.set(socket, exchange);
    if (closing) exchange.response.setHeader("connection", "close");
    try {
      await options.handle(exchange);
    } finally {
      if (active.get(socket) === exchange) active.delete(socket);
    }
  };
  server.on("request", (request, response) => {
    void serve(new HttpExchange(request, response, false));
  });
  server.on("checkContinue", (request, response) => {
    void serve(new HttpExchange(request, response, true));
  });
  // Other expectations than 100-continue are ignored, as S3 does.
  server.on("checkExpectation", (request, response) => {
    void serve(new HttpExchange(request, response, false));
  });
  // An idle connection ends here; silence in a request is judged by who reads or writes its body.
  server.on("timeout", (socket) => {
    if (!active.has(socket)) socket.destroy();
  });
  server.on("clientError", (error, socket) => {
    const exchange = active.get(socket);
    // Broken framing inside a body: the handler can still answer on this socket.
    if (exchange === undefined) refuseConnection(error, socket);
    else exchange.failBody(new S3Error("IncompleteBody", { cause: error }));
  });
  const port = await startListening(server, options);
  return {
    port,
    close: async (graceMs) => {
      closing = true;
      for (const { response } of active.values()) {
        if (!response.headersSent) response.setHeader("connection", "close");
      }
      await stopListening(server, graceMs);
    },
  };
}

async function startListening(server: Server, { host, port }: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(listenError(cause, host, port)));
    server.listen({ host, port }, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function listenError(cause: Error, host: string, port: number): StorageError {
  const code = "code" in cause ? String(cause.code) : cause.message;
  const place = `${host}:${port}`;
  if (code === "EADDRINUSE") {
    return new StorageError("ConfigurationError", `Port ${port} on ${host} is already in use.`, {
      remedy: "Stop the program that holds it, or choose another port; 0 takes any free one.",
      cause,
    });
  }
  if (code === "EACCES") {
    return new StorageError("ConfigurationError", `You may not listen on ${place}.`, {
      remedy: "Choose a port from 1024 up.",
      cause,
    });
  }
  return new StorageError("ConfigurationError", `The server cannot listen on ${place} (${code}).`, {
    remedy: "Choose an address of this machine, such as 127.0.0.1.",
    cause,
  });
}

async function stopListening(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  // A connection whose answer was under way becomes idle later, and would stay for its keep-alive.
  const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await closed;
  } finally {
    clearInterval(sweep);
    clearTimeout(timer);
  }
}

/** For bytes that never became a request. */
function refuseConnection(error: Error, socket: Duplex): void {
  const code = "code" in error ? error.code : undefined;
  if (!socket.writable || code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const s3Code =
    code === "HPE_HEADER_OVERFLOW"
      ? "RequestHeaderSectionTooLarge"
      : code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "RequestTimeout"
        : "BadRequest";
  const body = renderXml(element("Error", element("Code", s3Code)));
  socket.end(
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/xml\r\n" +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
