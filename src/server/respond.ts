import type { ServerResponse } from "node:http";
import { serverLimits } from "../core/limits.ts";
import type { S3Error } from "../protocol/s3-error.ts";
import { element, renderXml } from "../protocol/xml/render.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { S3Response } from "./operation.ts";
import { encodeHeader } from "./request-headers.ts";

/** `x-amz-request-id` and `x-amz-id-2`; errors repeat them in their body. */
export interface RequestIds {
  readonly requestId: string;
  readonly hostId: string;
}

/** S3's error document; a HEAD request gets the same without its body. */
export function errorResponse(error: S3Error, ids: RequestIds): S3Response {
  if (error.status === 304) return { status: 304, headers: error.headers };
  const body = renderXml(
    element(
      "Error",
      element("Code", error.code),
      element("Message", error.message),
      Object.entries(error.extra).map(([name, value]) => element(name, value)),
      element("RequestId", ids.requestId),
      element("HostId", ids.hostId),
    ),
  );
  return {
    status: error.status,
    headers: { "content-type": "application/xml", ...error.headers },
    body,
  };
}

/**
 * Writes an answer at the client's pace and sees to what is left of the request. Throws when the
 * source of the body fails half-way; the connection is gone then, so that no client takes the torn
 * answer for a whole one.
 */
export async function respond(
  exchange: HttpExchange,
  response: S3Response,
  ids: RequestIds,
): Promise<void> {
  const { response: out } = exchange;
  const bodiless =
    exchange.request.method === "HEAD" || response.status === 204 || response.status === 304;
  const body = bodiless ? undefined : asBytes(response.body);
  const unread = unreadRequestBody(exchange);
  if (out.destroyed || out.headersSent) {
    await endIterator(response.body);
    return;
  }
  writeHead(out, response, { ids, body, bodiless, close: unread === "too much" });
  if (body === undefined) await endIterator(response.body);
  else if (!isWhole(body)) await writeStream(out, body);
  else if (unread === "none") {
    out.end(body);
    return;
  } else out.write(body);
  if (unread !== "none" && !out.destroyed) await drain(exchange, out);
  if (!out.destroyed) out.end();
}

/** Node writes a text together with the head and in its encoding, which garbles Latin-1 headers. */
function asBytes(body: S3Response["body"]): Uint8Array | AsyncIterable<Uint8Array> | undefined {
  return typeof body === "string" ? Buffer.from(body, "utf8") : body;
}

interface HeadFacts {
  readonly ids: RequestIds;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly bodiless: boolean;
  readonly close: boolean;
}

function writeHead(out: ServerResponse, response: S3Response, facts: HeadFacts): void {
  const { "content-length": declaredLength, ...headers } = response.headers ?? {};
  out.setHeader("x-amz-request-id", facts.ids.requestId);
  out.setHeader("x-amz-id-2", facts.ids.hostId);
  out.setHeader("server", "AmazonS3");
  for (const [name, value] of Object.entries(headers)) out.setHeader(name, encodeHeader(value));
  if (facts.close) out.setHeader("connection", "close");
  const length = contentLength(facts, declaredLength);
  if (length !== undefined) out.setHeader("content-length", length);
  // Once it knows a length, node takes a Content-Disposition for UTF-8 and garbles it: so the length
  // comes last, and the head is made before `end` can tell node another.
  out.writeHead(response.status);
}

function contentLength(
  { body, bodiless }: HeadFacts,
  declared: string | undefined,
): string | number | undefined {
  if (bodiless) return declared;
  if (body === undefined) return 0;
  return isWhole(body) ? body.length : declared;
}

function isWhole(body: Uint8Array | AsyncIterable<Uint8Array>): body is Uint8Array {
  return body instanceof Uint8Array;
}

async function writeStream(out: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  // A client that stops reading must not hold a blob open for ever.
  const onTimeout = (): void => void out.destroy();
  out.setTimeout(serverLimits.bodyIdleTimeoutMs, onTimeout);
  try {
    for await (const chunk of body) {
      if (out.destroyed) return;
      if (out.write(chunk)) continue;
      await writable(out);
      if (out.destroyed) return;
    }
  } catch (error) {
    out.destroy();
    throw error;
  } finally {
    out.setTimeout(0);
    out.off("timeout", onTimeout);
  }
}

/** Until the socket takes more, or is gone. */
async function writable(out: ServerResponse): Promise<void> {
  if (out.destroyed || !out.writableNeedDrain) return;
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      for (const event of ["drain", "close", "error"]) out.off(event, settle);
      resolve();
    };
    for (const event of ["drain", "close", "error"]) out.on(event, settle);
  });
}

async function endIterator(body: S3Response["body"]): Promise<void> {
  if (body === undefined || typeof body === "string" || isWhole(body)) return;
  await body[Symbol.asyncIterator]().return?.();
}

/**
 * What of the request nobody has read. A client that is still sending sees a reset instead of our
 * answer when the connection closes under it, so small rests are read and thrown away.
 */
function unreadRequestBody(exchange: HttpExchange): "none" | "little" | "too much" {
  const { request } = exchange;
  if (exchange.bodyBroken) return "too much";
  if (exchange.bodyHeldBack) return hasBody(exchange) ? "too much" : "none";
  if (request.complete && request.readableEnded) return "none";
  if (!hasBody(exchange)) return "none";
  const length = Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY);
  return length <= serverLimits.unreadBodyBytes ? "little" : "too much";
}

function hasBody({ request }: HttpExchange): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] !== undefined || (length ?? "0") !== "0";
}

/** Reads the rest away, for a bounded time and number of bytes, with the answer already sent. */
async function drain(exchange: HttpExchange, out: ServerResponse): Promise<void> {
  const { request } = exchange;
  if (exchange.bodyHeldBack || exchange.bodyBroken || request.destroyed) return;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, serverLimits.unreadBodyMs);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > serverLimits.unreadBodyBytes) stop();
    });
    request.once("end", stop);
    request.once("close", stop);
    request.once("error", stop);
    out.once("close", stop);
    request.resume();
  });
}
