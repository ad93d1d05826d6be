import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { vi } from "vitest";
import { readRawBody } from "../read-raw-body.ts";
import { respond } from "../respond.ts";
import { refuseConnection } from "../refuse-connection.ts";
import { type ConnectionHost, ServerConnection } from "../http/server-connection.ts";
import type { HttpExchange } from "../http-exchange.ts";

export const ids = { requestId: "R", hostId: "H" };

const refuse: ConnectionHost["refuse"] = (socket, code) => refuseConnection(socket, code, ids);

/** A connection that is served, with both of its ends in the test's hand. */
export class ServedConnection {
  readonly client: Socket;
  /** The server's end. */
  readonly socket: Socket;
  readonly connection: ServerConnection;
  /** All that the client has heard. */
  heard = "";
  /** That it has heard the last of it. */
  readonly ended: Promise<string>;

  private constructor(client: Socket, socket: Socket, connection: ServerConnection) {
    this.client = client;
    this.socket = socket;
    this.connection = connection;
    client.on("data", (bytes) => (this.heard += bytes.toString("latin1")));
    client.on("error", () => {});
    this.ended = new Promise((resolve) => {
      client.on("end", () => resolve(this.heard)).on("close", () => resolve(this.heard));
    });
  }

  static async open(
    handle: ConnectionHost["handle"],
    times: { headersMs: number; keepAliveMs: number } = { headersMs: 60_000, keepAliveMs: 75_000 },
  ): Promise<ServedConnection> {
    let connection: ServerConnection | undefined;
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const taken = new Promise<Socket>((resolve) => {
      server.on("connection", (socket) => {
        connection = new ServerConnection(socket, { ...times, handle, refuse });
        resolve(socket);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const socket = await taken;
    server.close();
    if (connection === undefined) throw new Error("There is no connection.");
    return new ServedConnection(client, socket, connection);
  }

  /** Waits until so many answers have been heard. */
  async answers(count: number): Promise<void> {
    const hasCome = (): boolean => statuses(this.heard).length >= count;
    await vi.waitUntil(hasCome, { timeout: 10_000 });
  }

  close(): void {
    this.client.destroy();
    this.socket.destroy();
  }
}

/** Answers with the request's target, without a look at its body. */
export async function echoTarget(exchange: HttpExchange): Promise<void> {
  await respond(exchange, { status: 200, body: `<${exchange.head.target}>` }, ids);
}

/** Answers with the body, or with the code of what was wrong with it. */
export async function echoBody(exchange: HttpExchange): Promise<void> {
  let text = "";
  try {
    for await (const piece of readRawBody(exchange)) text += Buffer.from(piece).toString("latin1");
  } catch (error) {
    text = (error as { code: string }).code;
  }
  await respond(exchange, { status: 200, body: `<${text}>` }, ids);
}

export const get = (target: string, ...lines: string[]): string =>
  [`GET ${target} HTTP/1.1`, "Host: x", ...lines, "", ""].join("\r\n");
export const put = (body: string, length = body.length): string =>
  `PUT /put HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n${body}`;
export const chunked = "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

/** What was answered, in order. */
export const bodies = (heard: string): string[] => heard.match(/<(?:\/[^<>]*|[a-zA-Z-]*)>/g) ?? [];
export const statuses = (heard: string): string[] => heard.match(/(?<=HTTP\/1\.1 )\d{3}/g) ?? [];
export const codes = (heard: string): string[] => heard.match(/(?<=<Code>)\w+/g) ?? [];

/** Serves nothing before the test says so. */
export function heldBack(handle: ConnectionHost["handle"] = echoTarget) {
  let release: (() => void) | undefined;
  const waiting = new Promise<void>((resolve) => (release = resolve));
  let calls = 0;
  return {
    release: () => release?.(),
    calls: () => calls,
    handle: async (exchange: HttpExchange) => {
      calls += 1;
      await waiting;
      await handle(exchange);
    },
  };
}
