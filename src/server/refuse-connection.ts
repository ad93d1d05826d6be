import type { Duplex } from "node:stream";
import { serverLimits } from "../core/limits.ts";
import type { S3ErrorCode } from "../protocol/error-codes.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { errorResponse, type RequestIds } from "./respond.ts";

/** What node says of bytes that never became a request, in S3's codes. */
const codes: ReadonlyMap<string, S3ErrorCode> = new Map<string, S3ErrorCode>([
  ["HPE_HEADER_OVERFLOW", "RequestHeaderSectionTooLarge"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "RequestTimeout"],
]);

/** After these the client is gone, or has said that it will send no more. */
const silent: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_EOF_STATE"]);

/** Answers bytes that never became a request, as far as somebody listens, and closes. */
export function refuseConnection(error: Error, socket: Duplex, ids: RequestIds): void {
  const code = "code" in error ? String(error.code) : "";
  if (!socket.writable || silent.has(code)) {
    socket.destroy();
    return;
  }
  const refusal = new S3Error(codes.get(code) ?? "BadRequest");
  const { status, body } = errorResponse(refusal, ids);
  const text = typeof body === "string" ? body : "";
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\nConnection: close\r\nContent-Type: application/xml\r\n` +
      `x-amz-request-id: ${ids.requestId}\r\nx-amz-id-2: ${ids.hostId}\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  // Half-closed, a client that does not close its own side would keep the descriptor.
  setTimeout(() => socket.destroy(), serverLimits.lastAnswerMs).unref();
}
