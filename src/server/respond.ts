import { giveMemory } from "../core/spare-memory.ts";
import { renderError } from "../protocol/documents/error.ts";
import type { S3Error } from "../protocol/s3-error.ts";
import { renderXml } from "../protocol/xml/render.ts";
import { drainRequest, unreadRequestBody } from "./drain-request.ts";
import type { HttpResponse } from "./http/http-response.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { S3Response } from "./operation.ts";

/** `x-amz-request-id` and `x-amz-id-2`; errors repeat them in their body. */
export interface RequestIds {
  readonly requestId: string;
  readonly hostId: string;
}

/** S3's error document; a HEAD request gets the same without its body. */
export function errorResponse(error: S3Error, ids: RequestIds): S3Response {
  if (error.status === 304) return { status: 304, headers: error.headers };
  const body = renderXml(
    renderError({
      code: error.code,
      message: error.message,
      details: { ...error.extra, RequestId: ids.requestId, HostId: ids.hostId },
    }),
  );
  return {
    status: error.status,
    headers: { "content-type": "application/xml", ...error.headers },
    body,
  };
}

/**
 * Writes an answer at the client's pace and sees to what is left of the request. Throws when the
 * source of the body fails: before its first bytes nothing has been sent, so that an error can still
 * be answered; later the connection is cut, so that no client takes the torn answer for a whole one.
 */
export async function respond(
  exchange: HttpExchange,
  response: S3Response,
  ids: RequestIds,
): Promise<void> {
  const { response: out } = exchange;
  const bodiless = isBodiless(exchange, response.status);
  if (!isWritable(out) || bodiless) await endIterator(response.body);
  if (!isWritable(out)) return;
  const body = bodiless ? undefined : await openBody(response);
  const unread = unreadRequestBody(exchange);
  writeHead(out, response, { ids, body, bodiless, close: unread === "too much" });
  if (body instanceof Uint8Array) {
    exchange.bytesOut = body.length;
    if (!writeWhole(out, body)) await out.whileRead(() => out.whenWritable());
  } else if (body !== undefined) {
    await out.whileRead(() => writeStream(exchange, body));
  }
  exchange.endBody();
  out.end();
  const goesOn = unread === "none" || out.destroyed || (await drainRequest(exchange));
  if (!goesOn) out.close();
}

function isBodiless({ head }: HttpExchange, status: number): boolean {
  return head.method === "HEAD" || status === 204 || status === 304;
}

/** False once an answer has begun or the client is gone. */
function isWritable(out: HttpResponse): boolean {
  return !out.destroyed && !out.headersSent;
}

/** A stream whose first chunk is there already. */
interface OpenStream {
  readonly first: IteratorResult<Uint8Array>;
  readonly rest: AsyncIterator<Uint8Array>;
}

/** What is there already is sent whole, a stream from its first chunk on: until then an error can be answered. */
async function openBody({
  body,
  headers,
}: S3Response): Promise<Uint8Array | OpenStream | undefined> {
  if (typeof body === "string") return Buffer.from(body, "utf8");
  if (body === undefined || body instanceof Uint8Array) return body;
  const rest = body[Symbol.asyncIterator]();
  const first = await rest.next();
  const isWhole = first.done !== true && String(first.value.length) === headers?.["content-length"];
  if (!isWhole) return { first, rest };
  await rest.return?.();
  return first.value;
}

interface HeadFacts {
  readonly ids: RequestIds;
  readonly body: Uint8Array | OpenStream | undefined;
  readonly bodiless: boolean;
  readonly close: boolean;
}

function writeHead(out: HttpResponse, response: S3Response, facts: HeadFacts): void {
  const { requestId, hostId } = facts.ids;
  const head = ["x-amz-request-id", requestId, "x-amz-id-2", hostId, "server", "AmazonS3"];
  const headers = response.headers ?? {};
  for (const name in headers) {
    if (name !== "content-length") head.push(name, headers[name] ?? "");
  }
  if (facts.close) out.close();
  const length = contentLength(facts, headers["content-length"]);
  out.writeHead(response.status, head, { length, isBodiless: facts.bodiless });
}

function contentLength(
  { body, bodiless }: HeadFacts,
  declared: string | undefined,
): string | number | undefined {
  if (bodiless) return declared;
  if (body === undefined) return 0;
  return body instanceof Uint8Array ? body.length : declared;
}

/** A body in memory that was taken for it gives it back once it is sent. */
function writeWhole(out: HttpResponse, body: Uint8Array): boolean {
  return out.write(body, () => giveMemory(body.buffer));
}

async function writeStream(exchange: HttpExchange, { first, rest }: OpenStream): Promise<void> {
  const { response: out } = exchange;
  try {
    for (let step = first; step.done !== true; step = await rest.next()) {
      if (!out.destroyed) {
        exchange.bytesOut += step.value.length;
        if (!out.write(step.value)) await out.whenWritable();
      }
      if (!out.destroyed) continue;
      await rest.return?.();
      return;
    }
  } catch (error) {
    out.destroy();
    throw error;
  }
}

async function endIterator(body: S3Response["body"]): Promise<void> {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) return;
  await body[Symbol.asyncIterator]().return?.();
}
