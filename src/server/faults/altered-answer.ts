import { TLSSocket } from "node:tls";
import type { Socket } from "node:net";
import { playedLimits } from "../../core/played-limits.ts";
import type { S3Response } from "../operation.ts";
import { InjectedError } from "./injected-error.ts";

type Headers = Readonly<Record<string, string>>;

/** Undefined: the answer tells no checksum, so that none can be wrong. */
export function withWrongChecksum(response: S3Response): S3Response | undefined {
  return withHeaders(response, (name, value) =>
    name.startsWith("x-amz-checksum-") && name !== "x-amz-checksum-type"
      ? anotherBase64(value)
      : undefined,
  );
}

/** Undefined: the answer tells no ETag. */
export function withWrongEtag(response: S3Response): S3Response | undefined {
  return withHeaders(response, (name, value) =>
    name === "etag" ? value.replace(/[^"](?="$)/, (last) => (last === "0" ? "1" : "0")) : undefined,
  );
}

function withHeaders(
  response: S3Response,
  change: (name: string, value: string) => string | undefined,
): S3Response | undefined {
  let changed = false;
  const headers: Headers = Object.fromEntries(
    Object.entries(response.headers ?? {}).map(([name, value]) => {
      const other = change(name, value);
      changed ||= other !== undefined;
      return [name, other ?? value];
    }),
  );
  return changed ? { ...response, headers } : undefined;
}

function anotherBase64(value: string): string {
  const [digest = "", ...rest] = value.split("-");
  const bytes = Buffer.from(digest, "base64");
  bytes.writeUInt8((bytes[0] ?? 0) ^ 1, 0);
  return [bytes.toString("base64"), ...rest].join("-");
}

/** Undefined: there are no bytes that could be damaged. */
export function withDamage(response: S3Response, at: number | undefined): S3Response | undefined {
  const length = lengthOf(response);
  if (length === undefined || length === 0) return undefined;
  const offset = Math.min(at ?? Math.floor(length / 2), length - 1);
  return withBody(response, length, async function* damaged(body) {
    let position = 0;
    for await (const chunk of body) {
      if (offset < position || offset >= position + chunk.length) {
        yield chunk;
      } else {
        const copy = Buffer.from(chunk);
        copy.writeUInt8((copy[offset - position] ?? 0) ^ 1, offset - position);
        yield copy;
      }
      position += chunk.length;
    }
  });
}

/** The connection ends within the body: `reset`, or closed as if that were all. Undefined: no body. */
export function withCut(
  response: S3Response,
  { socket, how, at }: { socket: Socket; how: "reset" | "close"; at: number | undefined },
): S3Response | undefined {
  const length = lengthOf(response);
  if (length === undefined || length === 0) return undefined;
  const cut = Math.min(at ?? Math.floor(length / 2), length - 1);
  return withBody(response, length, async function* torn(body) {
    let left = cut;
    for await (const chunk of body) {
      if (left > 0) yield chunk.subarray(0, left);
      left -= Math.min(left, chunk.length);
      if (left === 0) break;
    }
    // An answer of which not one byte was sent could still be another one.
    yield Buffer.alloc(0);
    await written(socket);
    if (how === "reset") reset(socket);
    else socket.destroySoon();
    throw new InjectedError("InternalError");
  });
}

/** So that the client sees the bytes before the end. */
async function written(socket: Socket): Promise<void> {
  const until = performance.now() + playedLimits.cutWaitMs;
  while (socket.writableLength > 0 && !socket.destroyed && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, playedLimits.cutLookMs));
  }
}

/** Below TLS node has no way to reset. */
export function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

function lengthOf({ body, headers }: S3Response): number | undefined {
  if (body === undefined) return undefined;
  if (typeof body === "string") return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.length;
  return Number(headers?.["content-length"] ?? 0);
}

function withBody(
  response: S3Response,
  length: number,
  change: (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): S3Response {
  const { body, headers } = response;
  if (body === undefined) return response;
  const isWhole = typeof body === "string" || body instanceof Uint8Array;
  return {
    ...response,
    headers: { ...headers, "content-length": String(length) },
    body: change(isWhole ? once(Buffer.from(body)) : body),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
