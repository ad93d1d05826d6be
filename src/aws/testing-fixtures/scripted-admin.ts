import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { StorageError } from "../../core/errors.ts";
import { createAwsBucketAdmin, type AwsBucketAdminOptions } from "../bucket-admin.ts";

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const servers: Server[] = [];

/** For afterEach. */
export function closeServers(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

/** Answers from a script, one answer per request; the last one stays. */
export async function scripted(...answers: readonly Answer[]) {
  const asked: Asked[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const server = createServer((request, response) => {
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const {
        status = 200,
        headers = {},
        body = "",
      } = answers[Math.min(asked.length, answers.length - 1)] ?? {};
      asked.push({
        line: `${request.method ?? ""} ${request.url ?? ""}`,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      setTimeout(() => {
        underWay -= 1;
        response.writeHead(status, { "x-amz-request-id": "REQ1", ...headers });
        response.end(request.method === "HEAD" ? undefined : body);
      }, 2);
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const waits: number[] = [];
  const admin = (options: Partial<AwsBucketAdminOptions> = {}) =>
    createAwsBucketAdmin({
      region: "us-east-1",
      endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: () => Promise.resolve({ accessKeyId: "AKIATEST", secretAccessKey: "secret" }),
      timing: {
        sleep: (ms) => {
          waits.push(ms);
          return Promise.resolve();
        },
        random: () => 1,
      },
      ...options,
    });
  return { asked, waits, admin, most: () => mostUnderWay };
}

export const refusal = (status: number, code: string, message = "no", extra = ""): Answer => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${extra}</Error>`,
});

export const xml = (body: string): Answer => ({
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

/** The StorageError that a call ends in. */
export async function failure(promise: Promise<unknown>): Promise<StorageError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StorageError) return error;
  throw new Error(`not a StorageError: ${String(error)}`);
}
