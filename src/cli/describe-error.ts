import { InvariantError } from "../core/assert.ts";
import { StorageError, isStorageError } from "../core/errors.ts";
import { ConfirmationRequired, UsageError } from "./exit-codes.ts";
import { OutputFailure } from "./output-failure.ts";
import { inFlags } from "./flag-words.ts";
import { printable, printableLines } from "./format.ts";

export interface ErrorDescription {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | undefined;
  /** Operation, place, status, request: for whoever has to look further. */
  readonly facts: string;
}

/** What is said of an error: what happened, on what, why, what next. Safe to show on a terminal. */
export function describeError(error: unknown): ErrorDescription {
  const { code, message, remedy, facts } = describe(error);
  return {
    code,
    message: printableLines(message),
    remedy: remedy === undefined ? undefined : printableLines(remedy),
    facts: printable(facts),
  };
}

/** The same for programs: JSON needs no escaping of ours, and facts stand one by one. */
export function errorRecord(error: unknown): Pick<ErrorDescription, "code" | "message" | "remedy"> {
  const { code, message, remedy } = describe(error);
  const facts = error instanceof StorageError ? error.toJSON() : {};
  return { ...facts, code, message, remedy };
}

function describe(error: unknown): ErrorDescription {
  if (error instanceof StorageError) {
    return {
      code: error.code,
      message: ofCommand(error),
      remedy: error.remedy === undefined ? usualRemedy(error) : inFlags(error.remedy),
      facts: factsOf(error),
    };
  }
  if (
    error instanceof UsageError ||
    error instanceof ConfirmationRequired ||
    error instanceof OutputFailure
  ) {
    const remedy = error.remedy ?? "Add --help to the command: it shows what is possible.";
    return { code: error.name, message: error.message, remedy, facts: "" };
  }
  const message = error instanceof Error ? error.message : String(error);
  const remedy =
    error instanceof InvariantError
      ? "This is a bug in sms-storage; please report it with the command you ran."
      : "Run it again with SMS_STORAGE_DEBUG=1 to see where it happened.";
  return { code: "Unexpected", message, remedy, facts: "" };
}

/** A method of the library means nothing to who runs a command; an operation of S3 may. */
function ofCommand({ message, operation = "" }: StorageError): string {
  const start = `${operation}: `;
  if (!/^[a-z]/.test(operation) || !message.startsWith(start)) return message;
  // A name stays as it is written.
  return message
    .slice(start.length)
    .replace(
      /^(?:the|there|none|no|more) /,
      (word) => word.charAt(0).toUpperCase() + word.slice(1),
    );
}

function factsOf(error: StorageError): string {
  const facts = [
    error.operation,
    error.bucket === undefined ? undefined : `s3://${error.bucket}/${error.key ?? ""}`,
    error.status === undefined ? undefined : `HTTP ${error.status}`,
    error.s3Code,
    error.requestId === undefined ? undefined : `request ${error.requestId}`,
    error.outcome === "unknown" ? "it is not known whether the change was made" : undefined,
  ].filter((fact) => fact !== undefined);
  // The operation alone stands in the message already.
  return facts.length > 1 ? facts.join(" · ") : "";
}

/** What to try when nothing better is known. */
function usualRemedy(error: StorageError): string | undefined {
  const { code, bucket, key } = error;
  if (code === "NotFound" && bucket !== undefined && key !== undefined) {
    const folder = key.slice(0, key.lastIndexOf("/") + 1);
    return `See what is there: sms-storage ls s3://${bucket}/${folder}`;
  }
  if (code === "RangeNotSatisfiable") return "See how long it is: sms-storage head OBJECT";
  if (isStorageError(error, "Throttled", "Timeout", "Unavailable"))
    return "Run it again in a while.";
  return undefined;
}
