import type { Socket } from "node:net";
import { serverLimits } from "../core/limits.ts";
import type { S3ErrorCode } from "../protocol/error-codes.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { reasonPhrase } from "./http/reason-phrase.ts";
import { errorResponse, type RequestIds } from "./respond.ts";

/** Answers bytes that never became a request, as far as somebody listens, and closes. */
export function refuseConnection(socket: Socket, code: S3ErrorCode, ids: RequestIds): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, body } = errorResponse(new S3Error(code), ids);
  const text = typeof body === "string" ? body : "";
  socket.end(
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nConnection: close\r\nContent-Type: application/xml\r\n` +
      `x-amz-request-id: ${ids.requestId}\r\nx-amz-id-2: ${ids.hostId}\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  // Half-closed, a client that does not close its own side would keep the descriptor.
  setTimeout(() => socket.destroy(), serverLimits.lastAnswerMs).unref();
}
