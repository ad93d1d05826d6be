import type { ServerEvent } from "../server/server-context.ts";
import { printable } from "./format.ts";

/** One line a request for the server's log; keys are shown, signatures and secrets never are. */
export function requestLine(event: ServerEvent): string {
  if (event.kind === "failure") {
    const { error, requestId } = event;
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `request ${requestId} failed: ${reason}`;
  }
  const place = event.bucket === "" ? "" : ` s3://${printable(`${event.bucket}/${event.key}`)}`;
  const code = event.errorCode === undefined ? "" : ` ${event.errorCode}`;
  const name = event.operation ?? event.method;
  return `${event.status} ${name}${place}${code} ${event.durationMs.toFixed(1)} ms ${event.requestId}`;
}
