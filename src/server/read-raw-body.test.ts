import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { HttpExchange } from "./http-exchange.ts";
import { readRawBody } from "./read-raw-body.ts";

// As in listen.ts: without a listener node cuts the connection on its own.
const server = createServer().on("timeout", () => {});
let client: Socket | undefined;

afterEach(() => {
  client?.destroy();
  server.removeAllListeners("request");
  server.close();
});

/** A request whose head has come and whose body is in the test's hand. */
async function receive(lengthBytes: number): Promise<HttpExchange> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  client.write(`PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${lengthBytes}\r\n\r\n`);
  const [request, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  return new HttpExchange(request, response, false);
}

async function collect(exchange: HttpExchange, idleTimeoutMs: number): Promise<string> {
  let text = "";
  for await (const chunk of readRawBody(exchange, idleTimeoutMs)) {
    text += Buffer.from(chunk).toString("latin1");
  }
  return text;
}

test("silence is RequestTimeout, and the connection can still carry the answer", async () => {
  const exchange = await receive(10);
  client?.write("01234");
  await expect(collect(exchange, 30)).rejects.toMatchObject({ code: "RequestTimeout" });
  exchange.response.end("too slow");
  const [answer] = (await once(client as Socket, "data")) as [Buffer];
  expect(answer.toString()).toContain("too slow");
});

test("a slow body is no silence", async () => {
  const exchange = await receive(6);
  const body = collect(exchange, 100);
  for (const byte of "012345") {
    await new Promise((resolve) => setTimeout(resolve, 40));
    client?.write(byte);
  }
  expect(await body).toBe("012345");
});

test("a slow reader is not the client's silence", async () => {
  const exchange = await receive(10);
  client?.write("01234");
  let text = "";
  for await (const chunk of readRawBody(exchange, 30)) {
    text += Buffer.from(chunk).toString("latin1");
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (text === "01234") client?.write("56789");
  }
  expect(text).toBe("0123456789");
});

test("a client that goes away is IncompleteBody", async () => {
  const exchange = await receive(10);
  client?.write("01234");
  const body = collect(exchange, 1000);
  client?.resetAndDestroy();
  await expect(body).rejects.toMatchObject({ code: "IncompleteBody" });
});

test("a reader that stops leaves the rest on the connection", async () => {
  const exchange = await receive(10);
  client?.write("01234");
  for await (const chunk of readRawBody(exchange, 1000)) {
    expect(Buffer.from(chunk).toString()).toBe("01234");
    break;
  }
  expect(exchange.request.destroyed).toBe(false);
  client?.write("56789");
  exchange.request.resume();
  await once(exchange.request, "end");
});
