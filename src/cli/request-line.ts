import { isStorageError } from "../core/errors.ts";
import { describeDenial } from "../policy/explain-denial.ts";
import type { ServerEvent } from "../server/server-event.ts";
import { printable } from "./format.ts";

/** One line an event, for the server's log; keys are shown, signatures and secrets never are. */
export function requestLine(event: ServerEvent): string {
  switch (event.kind) {
    case "failure":
      return `request ${event.requestId} failed: ${reasonOf(event.error)}`;
    case "fault":
      return faultLine(event);
    case "lifecycle":
      return lifecycleLine(event);
    case "trail":
      return `trail ${event.trail}: ${messageOf(event.error)}`;
    case "log-file":
      return messageOf(event.error);
    case "scrub":
      return scrubLine(event);
    case "world":
      return worldLine(event);
    case "overload":
      return `${event.time.toISOString()} a connection was refused: all that may be open are`;
    case "request":
      return answerLine(event);
  }
}

function faultLine(event: ServerEvent & { readonly kind: "fault" }): string {
  const struck = printable(`${event.operation ?? "-"} s3://${event.bucket}/${event.key}`);
  return `${event.time.toISOString()} fault ${event.fault} on ${struck}, request ${event.requestId}`;
}

function answerLine(event: ServerEvent & { readonly kind: "request" }): string {
  const place = event.bucket === "" ? "" : ` s3://${printable(`${event.bucket}/${event.key}`)}`;
  const code = event.errorCode === undefined ? "" : ` ${event.errorCode}`;
  const name = event.operation ?? event.method;
  const from = `${event.address ?? "-"} ${event.caller ?? "-"}`;
  const denial = event.denial === undefined ? "" : ` (${printable(describeDenial(event.denial))})`;
  return (
    `${event.time.toISOString()} ${printable(from)} ${event.status} ${printable(name)}${place}${code} ` +
    `${event.durationMs.toFixed(1)} ms ${event.requestId}${denial}`
  );
}

/**
 * The same as data, `type` first: `request`, `failure`, `fault`, `lifecycle`, `log-file`, `overload`,
 * `scrub`, `trail` or `world`. Times are ISO 8601, what is not known is left out.
 */
export function eventRecord(event: ServerEvent): Readonly<Record<string, unknown>> {
  const { kind, ...facts } = event;
  if (!("error" in facts)) return { type: kind, ...facts };
  if (facts.error === undefined) return { type: kind, ...facts, error: undefined };
  const isOurs = kind === "trail" || kind === "log-file";
  return { type: kind, ...facts, error: (isOurs ? messageOf : reasonOf)(facts.error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function scrubLine({ file, error }: ServerEvent & { readonly kind: "scrub" }): string {
  const message = messageOf(error);
  return file === undefined ? `scrub failed: ${message}` : `scrub: ${message}`;
}

function worldLine({ file, error }: ServerEvent & { readonly kind: "world" }): string {
  if (error === undefined) return `world: ${file} was taken over`;
  return `world: the change of ${file} was not taken over, all goes on as before: ${reasonOf(error)}`;
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

/** Errors of ours are in words already; of others it matters where they come from. */
function reasonOf(error: unknown): string {
  if (isStorageError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
