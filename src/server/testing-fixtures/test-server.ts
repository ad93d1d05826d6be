import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { Credentials } from "../../core/credentials.ts";
import { presignRequest } from "../../protocol/sigv4/presign.ts";
import { signRequest } from "../../protocol/sigv4/sign.ts";
import type { IdentitiesFile } from "../identities/identities-file.ts";
import type { ServerEvent } from "../server-event.ts";
import { type RunningServer, startServer, type StartServerOptions } from "../start-server.ts";

const accountId = "111122223333";
const otherAccountId = "444455556666";

/** An administrator, the root user, a user whose own policies allow nothing, a role session, another account. */
export const keys = {
  admin: { accessKeyId: "AKIAADMIN00000000000", secretAccessKey: "admin-secret" },
  root: { accessKeyId: "AKIAROOT000000000000", secretAccessKey: "root-secret" },
  plain: { accessKeyId: "AKIAPLAIN00000000000", secretAccessKey: "plain-secret" },
  session: {
    accessKeyId: "ASIASESSION000000000",
    secretAccessKey: "session-secret",
    sessionToken: "session-token",
  },
  expired: {
    accessKeyId: "ASIAEXPIRED000000000",
    secretAccessKey: "expired-secret",
    sessionToken: "expired-token",
  },
  stranger: { accessKeyId: "AKIASTRANGER00000000", secretAccessKey: "stranger-secret" },
} satisfies Record<string, Credentials>;

export function testIdentities(): IdentitiesFile {
  return {
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    accounts: [
      {
        id: accountId,
        root: { accessKeys: [keys.root] },
        users: [user("admin", "administrator", keys.admin), user("plain", "none", keys.plain)],
        roles: [
          {
            name: "Developer",
            path: "/team/",
            id: "AROAAAAAAAAAAAAAAAAA",
            access: "administrator",
            sessions: [
              { name: "ada", ...keys.session, expiresAt: "2999-01-01T00:00:00.000Z" },
              { name: "bob", ...keys.expired, expiresAt: "2026-01-01T00:00:00.000Z" },
            ],
          },
        ],
      },
      {
        id: otherAccountId,
        users: [user("stranger", "administrator", keys.stranger)],
        roles: [],
      },
    ],
  };
}

function user(name: string, access: "administrator" | "none", key: Credentials) {
  return {
    name,
    path: "/",
    id: `AIDA${name.toUpperCase().padEnd(16, "A")}`,
    access,
    accessKeys: [{ accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey }],
  };
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
  /** Of an error body; undefined when there is none. */
  readonly code: string | undefined;
}

export interface WireRequest {
  readonly method?: string;
  /** As it goes on the wire. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Default: `keys.admin`; `null` sends the request unsigned. */
  readonly credentials?: Credentials | null;
  readonly region?: string;
  readonly service?: string;
  readonly now?: Date;
  /** Default: the SHA-256 of the body. */
  readonly payloadHash?: string;
}

/** A server in memory and ways to talk to it that share nothing with our own client. */
export class TestServer {
  readonly server: RunningServer;
  readonly events: ServerEvent[];

  private constructor(server: RunningServer, events: ServerEvent[]) {
    this.server = server;
    this.events = events;
  }

  static async start(options: Partial<StartServerOptions> = {}): Promise<TestServer> {
    const events: ServerEvent[] = [];
    const server = await startServer({
      durability: "memory",
      identities: testIdentities(),
      logger: (event) => events.push(event),
      ...options,
    });
    return new TestServer(server, events);
  }

  /** Signs with the protocol's own signer and sends with node:http, headers as given. */
  async send(wire: WireRequest): Promise<WireResponse> {
    const { method = "GET", path, query = "", body = "" } = wire;
    const headers = this.signedHeaders(wire);
    const target = query === "" ? path : `${path}?${query}`;
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: "127.0.0.1", port: this.server.port, method, path: target, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const bytes = Buffer.concat(chunks);
            const received = Object.entries(response.headers).map(
              ([name, value]) => [name, String(value)] as const,
            );
            resolve(wireResponse(response.statusCode ?? 0, Object.fromEntries(received), bytes));
          });
        },
      );
      request.on("error", reject);
      // Node garbles Latin-1 headers when it sends them with a text, or knows the length by `end`.
      if (body.length > 0) request.write(Buffer.from(body));
      request.end();
    });
  }

  signedHeaders(wire: WireRequest): Record<string, string> {
    const { method = "GET", path, query = "", credentials = keys.admin } = wire;
    const headers = this.#plainHeaders(wire);
    if (credentials === null) return headers;
    const added = signRequest(
      { method, rawPath: path, rawQuery: query, headers },
      {
        credentials,
        region: wire.region ?? "us-east-1",
        service: wire.service ?? "s3",
        now: wire.now ?? new Date(),
        payloadHash: wire.payloadHash ?? sha256(wire.body ?? ""),
      },
    );
    return { ...headers, ...added };
  }

  #plainHeaders({ method = "GET", body = "", headers = {} }: WireRequest): Record<string, string> {
    const all: Record<string, string> = {
      host: `127.0.0.1:${this.server.port}`,
      ...headers,
    };
    const framed = "content-length" in all || "transfer-encoding" in all;
    if (!framed && (body.length > 0 || method === "PUT" || method === "POST")) {
      all["content-length"] = String(Buffer.byteLength(body));
    }
    return all;
  }

  /** A query that carries the signature. */
  presign(wire: WireRequest & { readonly expiresInSeconds?: number }): string {
    const headers = { host: `127.0.0.1:${this.server.port}`, ...wire.headers };
    return presignRequest(
      { method: wire.method ?? "GET", rawPath: wire.path, rawQuery: wire.query ?? "", headers },
      {
        credentials: wire.credentials ?? keys.admin,
        region: wire.region ?? "us-east-1",
        service: wire.service ?? "s3",
        now: wire.now ?? new Date(),
        expiresInSeconds: wire.expiresInSeconds ?? 60,
      },
    );
  }

  /** Writes pieces to a bare socket and gives back all that comes until the server closes it. */
  async raw(pieces: readonly (string | Uint8Array)[], options: RawOptions = {}): Promise<string> {
    const socket = connect({ host: "127.0.0.1", port: this.server.port, allowHalfOpen: true });
    let answer = "";
    socket.setEncoding("latin1");
    const done = new Promise<string>((resolve) => {
      socket.on("data", (text: string) => {
        answer += text;
        if (options.until?.test(answer) === true) socket.destroy();
      });
      socket.on("error", () => socket.destroy());
      socket.on("close", () => resolve(answer));
      socket.on("end", () => socket.end());
    });
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, options.pauseMs ?? 5));
    }
    if (options.end === "half-close") socket.end();
    if (options.end === "reset") socket.resetAndDestroy();
    return done;
  }

  /** The head of a signed request as text, for `raw`. */
  head(wire: WireRequest): string {
    const { method = "GET", path, query = "" } = wire;
    const lines = Object.entries(this.signedHeaders(wire)).map(
      ([name, value]) => `${name}: ${value}`,
    );
    const target = query === "" ? path : `${path}?${query}`;
    return `${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}

export interface RawOptions {
  /** Between pieces. Default 5. */
  readonly pauseMs?: number;
  readonly end?: "half-close" | "reset";
  /** Hangs up once the answer matches. */
  readonly until?: RegExp;
}

function wireResponse(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): WireResponse {
  const text = body.toString("utf8");
  return { status, headers, body, text, code: /<Code>(.*?)<\/Code>/.exec(text)?.[1] };
}

function sha256(body: string | Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

/** Bytes that no compressor or coincidence could make. */
export function noise(sizeBytes: number): Buffer {
  return randomBytes(sizeBytes);
}
