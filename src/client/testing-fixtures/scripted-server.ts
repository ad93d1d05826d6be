import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Number of the connection it came on, from 0. */
  readonly connection: number;
}

export type Step = (
  request: SeenRequest,
  response: ServerResponse,
  message: IncomingMessage,
) => void | Promise<void>;

/** Plays one step per request, in order; the last step repeats. Records what it was sent. */
export interface ScriptedServer {
  readonly endpoint: string;
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

export async function startScriptedServer(...steps: readonly Step[]): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const connections = new Map<unknown, number>();
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      if (!connections.has(message.socket)) connections.set(message.socket, connections.size);
      const request: SeenRequest = {
        method: message.method ?? "",
        url: message.url ?? "",
        headers: message.headers as Record<string, string>,
        body: Buffer.concat(chunks),
        connection: connections.get(message.socket) ?? -1,
      };
      const step = steps[Math.min(requests.length, steps.length - 1)];
      requests.push(request);
      void step?.(request, response, message);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a status, headers and a body. */
export function answer(
  status: number,
  headers: Record<string, string> = {},
  body: string | Buffer = "",
): Step {
  return (_request, response) => {
    response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
    response.end(body);
  };
}

export function errorAnswer(
  status: number,
  code: string,
  extra = "",
  headers: Record<string, string> = {},
): Step {
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<Error><Code>${code}</Code><Message>Because of ${code}.</Message>${extra}` +
    "<RequestId>R1</RequestId></Error>";
  return answer(status, { "content-type": "application/xml", ...headers }, xml);
}

/** An object as GET and HEAD tell of it. */
export function objectAnswer(body: string | Buffer, headers: Record<string, string> = {}): Step {
  return answer(
    200,
    {
      etag: '"e1"',
      "last-modified": "Mon, 23 Nov 2026 10:00:00 GMT",
      "content-type": "text/plain",
      ...headers,
    },
    body,
  );
}

/** Hangs up without an answer. */
export const hangUp: Step = (_request, _response, message) => {
  message.socket.destroy();
};

/** Never answers. */
export const fallSilent: Step = () => undefined;
