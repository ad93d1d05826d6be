import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * What goes wrong with a request: refused with 503; its connection reset in the middle of its body or
 * of its answer's; reset when the store has done it, but before it is answered; silence, or silence instead of the answer once the
 * store has done it, counted by then. `expire`: its keys are refused as those of a session that has ended.
 */
type Fault = "throttle" | "expire" | "reset" | "lost-answer" | "held-answer" | "stall";

/** Between a command and its server: counts what passes, holds it up, and lets it fail. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Where it leads; may change while it runs. */
  target: string;
  /** For each direction alone; default: as fast as it goes. */
  bytesPerSecond: number | undefined;
  /** Asked at each request. */
  fault: (request: ProxiedRequest) => Fault | undefined;
  readonly counts: ProxyCounts;
  /** Sets the counts to zero. */
  reset(): void;
  close(): Promise<void>;
}

interface ProxiedRequest {
  readonly method: string;
  readonly url: string;
  /** Names the access key. */
  readonly authorization: string;
  /** From 1, since the last reset. */
  readonly number: number;
}

interface ProxyCounts {
  requests: number;
  connections: number;
  /** Bytes of bodies. */
  sentBytes: number;
  receivedBytes: number;
  readonly faults: Record<Fault, number>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const counts: ProxyCounts = zero();
  const agent = new http.Agent({ keepAlive: true });
  const proxy: FaultProxy = {
    endpoint: "",
    target,
    bytesPerSecond: undefined,
    fault: () => undefined,
    counts,
    reset: () => void Object.assign(counts, zero()),
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((done) => server.close(done));
    },
  };
  const server = http.createServer((request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    pass(proxy, agent, request, response).catch(() => response.destroy());
  });
  server.on("connection", () => void (counts.connections += 1));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, { endpoint: `http://127.0.0.1:${port}` });
}

function zero(): ProxyCounts {
  return {
    requests: 0,
    connections: 0,
    sentBytes: 0,
    receivedBytes: 0,
    faults: { throttle: 0, expire: 0, reset: 0, "lost-answer": 0, "held-answer": 0, stall: 0 },
  };
}

async function pass(
  proxy: FaultProxy,
  agent: http.Agent,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { counts } = proxy;
  counts.requests += 1;
  const { method = "", url = "" } = request;
  const { authorization = "" } = request.headers;
  const fault = proxy.fault({ method, url, authorization, number: counts.requests });
  if (fault !== undefined && fault !== "held-answer") counts.faults[fault] += 1;
  if (fault === "throttle" || fault === "expire") {
    const [status, code] = fault === "throttle" ? [503, "SlowDown"] : [400, "ExpiredToken"];
    const body = `<Error><Code>${code}</Code><Message>As it was planted.</Message></Error>`;
    const headers = { "content-type": "application/xml", connection: "close" };
    response.writeHead(status, headers).end(body);
    return;
  }
  if (fault === "stall" && method !== "GET") return;
  const outgoing = http.request(new URL(proxy.target), {
    agent,
    method,
    path: url,
    headers: request.rawHeaders,
  });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve).on("error", reject);
  });
  // What fails while the body is still being sent is seen below.
  answer.catch(() => undefined);
  const length = Number(request.headers["content-length"] ?? 0);
  let sent = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sent += chunk.length;
    counts.sentBytes += chunk.length;
    if (fault === "reset" && method !== "GET" && sent * 2 >= length) throw new Error("reset");
    if (!outgoing.write(chunk)) await drained(outgoing);
    if (outgoing.destroyed) break;
    await hold(proxy, chunk.length);
  }
  outgoing.end();
  const incoming = await answer;
  if (fault === "lost-answer") throw new Error("the answer is lost");
  if (fault === "held-answer") {
    counts.faults[fault] += 1;
    incoming.resume();
    return;
  }
  await answerWith(proxy, fault, incoming, response);
}

async function answerWith(
  proxy: FaultProxy,
  fault: Fault | undefined,
  incoming: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const length = Number(incoming.headers["content-length"] ?? 0);
  response.writeHead(incoming.statusCode ?? 502, incoming.rawHeaders);
  let received = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    received += chunk.length;
    const isHalf = received * 2 >= length;
    if (isHalf && fault === "reset") throw new Error("reset");
    if (isHalf && fault === "stall") return;
    proxy.counts.receivedBytes += chunk.length;
    if (!response.write(chunk)) await drained(response);
    if (response.destroyed) {
      incoming.destroy();
      return;
    }
    await hold(proxy, chunk.length);
  }
  response.end();
}

async function drained(stream: http.OutgoingMessage): Promise<void> {
  // One that has been closed already says so no more.
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
  });
}

async function hold({ bytesPerSecond }: FaultProxy, sizeBytes: number): Promise<void> {
  if (bytesPerSecond !== undefined) await sleep((sizeBytes * 1000) / bytesPerSecond);
}
