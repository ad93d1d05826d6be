import { createServer, type AddressInfo, type Socket } from "node:net";

/** One request as it stood on the wire. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** Name, value, ...; values are latin1 views of the bytes. */
  readonly rawHeaders: readonly string[];
  header(name: string): string | undefined;
}

/** Called when a request's head is there; its body may still be on the way. */
export type RawStep = (socket: Socket, request: RawRequest) => void;

/** A server below HTTP, for what no HTTP server would send. One step per request; the last repeats. */
export interface RawServer {
  readonly port: number;
  readonly requests: readonly RawRequest[];
  openSockets(): number;
  close(): Promise<void>;
}

export async function startRawServer(...steps: readonly RawStep[]): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    let unread = Buffer.alloc(0);
    let bodyBytes = 0;
    socket.on("data", (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      for (;;) {
        const skipped = Math.min(bodyBytes, unread.length);
        bodyBytes -= skipped;
        unread = unread.subarray(skipped);
        const end = unread.indexOf("\r\n\r\n");
        if (end === -1) return;
        const request = readHead(unread.toString("latin1", 0, end));
        unread = unread.subarray(end + 4);
        bodyBytes = Number(request.header("content-length") ?? 0);
        const step = steps[Math.min(requests.length, steps.length - 1)];
        requests.push(request);
        step?.(socket, request);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    openSockets: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function readHead(head: string): RawRequest {
  const [requestLine = "", ...lines] = head.split("\r\n");
  const [method = "", target = ""] = requestLine.split(" ");
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const header = (name: string): string | undefined => {
    const index = rawHeaders.findIndex(
      (text, at) => at % 2 === 0 && text.toLowerCase() === name.toLowerCase(),
    );
    return index === -1 ? undefined : rawHeaders[index + 1];
  };
  return { method, target, rawHeaders, header };
}

/** Answers with these very bytes. */
export function rawAnswer(text: string): RawStep {
  return (socket) => void socket.write(Buffer.from(text, "latin1"));
}
