import type { ServerEvent } from "../server/server-context.ts";
import { printable } from "./format.ts";

/** One line a request, or a bucket swept, for the server's log; keys are shown, signatures and secrets never are. */
export function requestLine(event: ServerEvent): string {
  if (event.kind === "failure") {
    return `request ${event.requestId} failed: ${reasonOf(event.error)}`;
  }
  if (event.kind === "lifecycle") return lifecycleLine(event);
  if (event.kind === "scrub") {
    const { message } = event.error instanceof Error ? event.error : new Error(String(event.error));
    return event.file === undefined ? `scrub failed: ${message}` : `scrub: ${message}`;
  }
  const place = event.bucket === "" ? "" : ` s3://${printable(`${event.bucket}/${event.key}`)}`;
  const code = event.errorCode === undefined ? "" : ` ${event.errorCode}`;
  const name = event.operation ?? event.method;
  return `${event.status} ${name}${place}${code} ${event.durationMs.toFixed(1)} ms ${event.requestId}`;
}

function lifecycleLine(event: ServerEvent & { readonly kind: "lifecycle" }): string {
  const done = [
    [event.expired, "expired"],
    [event.noncurrentDeleted, "noncurrent deleted"],
    [event.markersRemoved, "delete markers removed"],
    [event.uploadsAborted, "uploads aborted"],
  ] as const;
  const counts = done.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const failure = event.error === undefined ? [] : [`failed: ${reasonOf(event.error)}`];
  return `lifecycle s3://${event.bucket}: ${[...counts, ...failure].join(", ")}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
