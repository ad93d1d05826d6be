import { StorageError, type StorageErrorCode } from "../core/errors.ts";
import { OutputFailure } from "./output-failure.ts";

/** What the exit code tells; documented in `sms-storage help exit-codes` and README. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  unauthenticated: 4,
  denied: 5,
  conflict: 6,
  partial: 7,
  checkFailed: 8,
  confirmationRequired: 9,
  changesPending: 10,
  notKnown: 11,
  notSupported: 12,
  outputFailed: 74,
  temporary: 75,
  interrupted: 130,
  outputClosed: 141,
  terminated: 143,
} as const;

export const exitCodeMeanings: readonly (readonly [number, string])[] = [
  [exitCodes.ok, "done"],
  [exitCodes.unexpected, "an unexpected failure"],
  [exitCodes.usage, "wrong usage or settings"],
  [exitCodes.notFound, "what was named does not exist: an object, a bucket, a role"],
  [exitCodes.unauthenticated, "credentials are missing, wrong or expired"],
  [exitCodes.denied, "access denied"],
  [exitCodes.conflict, "a conflict: it exists already, or it changed meanwhile"],
  [exitCodes.partial, "some of the work failed; the summary lists what"],
  [exitCodes.checkFailed, "a check did not pass, or data is damaged"],
  [exitCodes.confirmationRequired, "a confirmation is needed; the message names the flag"],
  [
    exitCodes.changesPending,
    "there is more to do: drift, plan --detailed-exitcode, or re-encrypt wrote a job",
  ],
  [exitCodes.notKnown, "explain: what cannot be seen decides"],
  [exitCodes.notSupported, "the store cannot do what was asked"],
  [exitCodes.outputFailed, "the output could not be written, as on a full disk"],
  [exitCodes.temporary, "a passing failure; the same command may succeed later"],
  [exitCodes.interrupted, "stopped by Ctrl-C"],
  [exitCodes.outputClosed, "cut short because the reader of its output went away"],
  [exitCodes.terminated, "stopped by SIGTERM"],
];

const byStorageError: Readonly<Record<StorageErrorCode, number>> = {
  NotFound: exitCodes.notFound,
  AlreadyExists: exitCodes.conflict,
  PreconditionFailed: exitCodes.conflict,
  Conflict: exitCodes.conflict,
  PermissionDenied: exitCodes.denied,
  Unauthenticated: exitCodes.unauthenticated,
  InvalidArgument: exitCodes.usage,
  InvalidKey: exitCodes.usage,
  RangeNotSatisfiable: exitCodes.usage,
  IntegrityError: exitCodes.checkFailed,
  Throttled: exitCodes.temporary,
  Timeout: exitCodes.temporary,
  Aborted: exitCodes.interrupted,
  Unavailable: exitCodes.temporary,
  NotSupported: exitCodes.notSupported,
  QuotaExceeded: exitCodes.unexpected,
  ConfigurationError: exitCodes.usage,
  Closed: exitCodes.unexpected,
  Unknown: exitCodes.unexpected,
};

export function exitCodeFor(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof OutputFailure) return exitCodes.outputFailed;
  if (error instanceof ConfirmationRequired) return exitCodes.confirmationRequired;
  if (error instanceof StorageError) return byStorageError[error.code];
  return exitCodes.unexpected;
}

/** The command line itself is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** A destructive step without a terminal to ask on, and without the flag that allows it. */
export class ConfirmationRequired extends Error {
  override readonly name = "ConfirmationRequired";
  readonly remedy: string;

  constructor(question: string, flag: string) {
    super(`Nobody can be asked without a terminal: ${question}`);
    this.remedy = `Run it again with ${flag}.`;
  }
}
