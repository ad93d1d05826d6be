import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { serverLimits } from "../../core/limits.ts";
import { ServerConnection } from "../http/server-connection.ts";
import type { HttpExchange } from "../http-exchange.ts";

/** A request on a real connection, whose other end and whose answer are in the test's hand. */
export interface OpenExchange {
  readonly exchange: HttpExchange;
  readonly client: Socket;
  close(): void;
}

/** `head`: all that the client has sent when the request is handed over. */
export async function openExchange(head: string): Promise<OpenExchange> {
  let take: (exchange: HttpExchange) => void;
  const taken = new Promise<HttpExchange>((resolve) => (take = resolve));
  let end: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    void new ServerConnection(socket, {
      headersMs: serverLimits.headersTimeoutMs,
      keepAliveMs: serverLimits.keepAliveTimeoutMs,
      handle: async (exchange) => {
        take(exchange);
        await ended;
      },
      refuse: () => socket.destroy(),
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  client.write(head);
  const exchange = await taken;
  const close = (): void => {
    end?.();
    client.destroy();
    server.close();
  };
  return { exchange, client, close };
}
