import { StorageError, type StorageErrorCode } from "../core/errors.ts";
import { networkError } from "./network-error.ts";

interface Cause {
  /** Looked for in the error's name and message. */
  readonly pattern: RegExp;
  readonly message: string;
  /** `{profile}` and `{option}` (` --profile x` or nothing) are filled in. */
  readonly remedy: string;
  readonly code?: StorageErrorCode;
  /** The message says it all; the SDK's own words would only say it again. */
  readonly isWhole?: boolean;
}

const nothingFound = /Could not load credentials from any providers/;

/** First match wins. Sources: the SDK's credential providers and AWS CLI threads, 2026-11. */
const causes: readonly Cause[] = [
  {
    pattern: /Session token not found or invalid|UnauthorizedException/i,
    message: "The SSO session was ended by AWS before its time.",
    remedy:
      "Sign in anew: `sms-storage login{option}`, or `aws sso logout`, then `aws sso login{option}`.",
  },
  {
    pattern: /SSO session.*(?:expired|invalid|not found)|Token is expired|sso login/is,
    message: "The SSO session of profile {profile} has ended, or there was no sign-in yet.",
    remedy: "Sign in: `sms-storage login{option}`, or `aws sso login{option}`.",
    isWhole: true,
  },
  {
    pattern: /ForbiddenException|No access/,
    message: "SSO grants profile {profile} no access to its account and role.",
    remedy:
      "Check sso_account_id and sso_role_name of the profile against " +
      "`aws sso list-account-roles`; an administrator assigns the permission set.",
  },
  {
    pattern:
      /Sso session '.*' could not be found|missing required property|invalid SSO cred|reading 'sso_/i,
    message: "The SSO part of profile {profile} is incomplete.",
    remedy: "Set it up again: `aws configure sso{option}`.",
    code: "ConfigurationError",
  },
  {
    pattern: /AssumeRole|assume role|sts:|TokenFile|web.?identity/i,
    message: "The role of profile {profile} could not be taken on.",
    remedy:
      "Check role_arn and source_profile of the profile, and that the role trusts the caller: " +
      "`aws sts get-caller-identity{option}`.",
  },
  {
    pattern: nothingFound,
    message: "No AWS credentials were found: no keys, no profile, no role.",
    remedy:
      "Sign in with `sms-storage login` (or `aws configure sso` and `aws sso login`), name a profile in " +
      "AWS_PROFILE, or set " +
      "STORAGE_S3_ACCESS_KEY_ID and STORAGE_S3_SECRET_ACCESS_KEY.",
  },
];

/** What a source had to say, as the SDK logs it. */
const providerTrace = /^@smithy\/property-provider (?:->|\(!\)) (.+)/s;
/** Said in every search; none of it is a reason. */
const idleTraces: readonly string[] = [
  "AWS_PROFILE is set, skipping",
  "Skipping SSO provider",
  "Could not load credentials",
  "Web identity configuration not specified",
  "Unable to find environment variable",
  "Could not resolve credentials using profile",
  "could not be found in shared credentials file",
  "did not contain credential_process",
  "not set in env, checking config file next",
  "EC2 Instance Metadata Service access disabled",
];

/** From the SDK's log of a search: why each source gave nothing. */
export function reasonsOf(log: readonly string[]): readonly string[] {
  const reasons = log.flatMap((line) => {
    const reason = providerTrace.exec(line)?.[1]?.trim();
    if (reason === undefined || idleTraces.some((text) => reason.includes(text))) return [];
    // The command line may hold a password.
    return [reason.startsWith("Command failed") ? "the credential_process failed" : reason];
  });
  return [...new Set(reasons)];
}

/**
 * What failed while looking for keys, in words of what to do next. Never holds keys.
 * `reasons`: what the sources said, when none had any.
 */
export function credentialError(
  error: unknown,
  profile: string | undefined,
  reasons: readonly string[] = [],
): StorageError {
  if (error instanceof StorageError) return error;
  const lost = networkError(error, { operation: "credentials" });
  if (lost !== undefined) return lost;
  const name = error instanceof Error ? error.name : "";
  const text = error instanceof Error ? error.message : String(error);
  if (profile !== undefined && nothingFound.test(text))
    return emptyProfile(profile, reasons, error);
  const cause = causes.find(({ pattern }) => pattern.test(`${name}: ${text}`));
  if (cause === undefined) {
    return new StorageError("Unauthenticated", `AWS credentials could not be loaded: ${text}`, {
      cause: error,
      remedy: fill("See what AWS's own tool says: `aws sts get-caller-identity{option}`.", profile),
    });
  }
  return namedCause(cause, { text, profile, reasons, error });
}

function namedCause(
  cause: Cause,
  found: {
    readonly text: string;
    readonly profile: string | undefined;
    readonly reasons: readonly string[];
    readonly error: unknown;
  },
): StorageError {
  const { text, profile, reasons, error } = found;
  // A role's profile may take its keys from another one, and that is the one to sign in with.
  const meant = /\bprofile=([^\s,;]+)/.exec(text)?.[1] ?? profile;
  const said = nothingFound.test(text) ? reasons.join("; ") : text;
  const quoted = cause.isWhole === true || said === "" ? "" : ` AWS's SDK says: ${said}`;
  return new StorageError(
    cause.code ?? "Unauthenticated",
    `${fill(cause.message, meant)}${quoted}`,
    { cause: error, remedy: fill(cause.remedy, meant) },
  );
}

function emptyProfile(profile: string, reasons: readonly string[], cause: unknown): StorageError {
  const nothing = "it names no keys, no role, no SSO session and no process that gave any";
  const said = reasons.length === 0 ? nothing : reasons.join("; ");
  const remedy =
    reasons.length === 0
      ? `Complete it: \`aws configure sso --profile ${profile}\`.`
      : `See what AWS's own tool says: \`aws sts get-caller-identity --profile ${profile}\`.`;
  const message = `The profile ${profile} yields no credentials: ${said}.`;
  return new StorageError("Unauthenticated", message, { cause, remedy });
}

/** A profile that stands in neither of AWS's files. */
export function unknownProfile(profile: string, known: ReadonlySet<string>): StorageError {
  const names = [...known].sort().join(", ");
  const list = names === "" ? "There are none yet." : `There are: ${names}.`;
  return new StorageError("Unauthenticated", `The AWS profile ${profile} was not found. ${list}`, {
    remedy: "Correct AWS_PROFILE or --profile, or make the profile with `aws configure sso`.",
  });
}

function fill(text: string, profile: string | undefined): string {
  const option = profile === undefined ? "" : ` --profile ${profile}`;
  return text.replaceAll("{profile}", profile ?? "default").replaceAll("{option}", option);
}
