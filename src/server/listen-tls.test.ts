import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { listen, type Listener } from "./listen.ts";
import { echoTarget, get } from "./testing-fixtures/served-connection.ts";
import { makeCertificate } from "./tls/make-certificate.ts";

const made = makeCertificate({
  names: ["localhost", "127.0.0.1"],
  from: new Date(Date.now() - 1000),
  until: new Date(Date.now() + 86_400_000),
  randomBytes,
});

let listener: Listener;
const clients: Socket[] = [];

beforeEach(async () => {
  listener = await listen({
    host: "127.0.0.1",
    port: 0,
    tls: { cert: made.certificate, key: made.key },
    handle: echoTarget,
    newRequestIds: () => ({ requestId: "R", hostId: "H" }),
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await listener.close(1000);
  await vi.waitUntil(() => openSockets() === 0, { timeout: 5000 });
});

/** Of this process, the clients' included. */
const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

function keep<S extends Socket>(socket: S): S {
  clients.push(socket);
  socket.on("error", () => {});
  return socket;
}

async function open(): Promise<Socket> {
  const socket = keep(connect({ host: "127.0.0.1", port: listener.port }));
  await once(socket, "connect");
  return socket;
}

async function openTls(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const to = { host: "127.0.0.1", port: listener.port, ca: made.authority, allowHalfOpen: true };
  const socket = keep(connectTls({ ...to, ...options }));
  await once(socket, "secureConnect");
  return socket;
}

async function heard(socket: Socket): Promise<string> {
  let text = "";
  for await (const piece of socket) text += String(piece);
  return text;
}

test.each([
  ["http/1.1", ["http/1.1"], "http/1.1"],
  ["h2 and http/1.1", ["h2", "http/1.1"], "http/1.1"],
  ["nothing", undefined, false],
])("a client that offers %s is served", async (_, offered, chosen) => {
  const socket = await openTls(offered === undefined ? {} : { ALPNProtocols: offered });
  expect(socket.alpnProtocol).toBe(chosen);
  socket.end(get("/a") + get("/b"));
  const text = await heard(socket);
  expect(text.match(/<\/\w>/g)).toEqual(["</a>", "</b>"]);
});

test("one that speaks h2 alone is refused, and leaves no socket", async () => {
  await expect(openTls({ ALPNProtocols: ["h2"] })).rejects.toThrow(/alert|application protocol/i);
  await expect.poll(openSockets).toBe(0);
});

describe("no socket is left by", () => {
  test.each<[string, (socket: Socket) => void]>([
    ["plain HTTP", (socket) => socket.write(get("/"))],
    ["rubbish", (socket) => socket.write(randomBytes(1000))],
    ["a reset", (socket) => socket.resetAndDestroy()],
  ])("%s in place of a handshake", async (_, act) => {
    const sockets = await Promise.all(Array.from({ length: 5 }, open));
    expect(openSockets()).toBeGreaterThan(0);
    for (const socket of sockets) {
      socket.on("data", () => {});
      act(socket);
    }
    await expect.poll(openSockets, { timeout: 5000 }).toBe(0);
  });

  test("a reset behind a handshake", async () => {
    const socket = await openTls();
    socket.write(get("/a"));
    // Before that the server may have seen no end of the handshake.
    await once(socket, "data");
    socket.write("GET / HT");
    socket.destroy();
    await expect.poll(openSockets, { timeout: 5000 }).toBe(0);
  });
});

describe("closing", () => {
  test("does not wait for who has not begun to agree on TLS", async () => {
    const silent = await open();
    const greeting = await open();
    greeting.write(Buffer.from([22, 3, 1, 2, 0, 1, 0]));
    const idle = await openTls();
    const ended = Promise.all([silent, greeting].map((socket) => once(socket, "close")));
    idle.on("end", () => idle.end());
    idle.resume();
    const begun = performance.now();
    await listener.close(60_000);
    await ended;
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test("cuts them when its time is up", async () => {
    const silent = await open();
    const closed = once(silent, "close");
    await listener.close(0);
    await closed;
    expect(silent.destroyed).toBe(true);
  });
});
