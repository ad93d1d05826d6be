import { isStorageError } from "../../core/errors.ts";
import { connectionProblem } from "../../core/remedies.ts";
import type { LinkInText } from "./link-in-text.ts";
import { type ParsedDenial, parseDenial } from "../../policy/parse-denial.ts";

/** Something that did not go as it should, as it was seen; plain data. */
export interface Symptom {
  /** What was being done, in words. */
  readonly tried: string;
  /** S3's, STS's or KMS's code, or that of Node; of what we saw ourselves a word of ours. */
  readonly code?: string;
  /** Where the code is but a word of a long text that has no form of an error: all such words. */
  readonly amongOthers?: readonly string[];
  readonly status?: number;
  /** Without secrets. */
  readonly message: string;
  /** S3's or STS's operation. */
  readonly operation?: string;
  readonly key?: string;
  /** Further facts of the answer, such as `Region`. */
  readonly details: Readonly<Record<string, string>>;
  /** Where the text is one of AccessDenied. */
  readonly denial?: ParsedDenial;
  /** Where it was a presigned link that was refused. */
  readonly link?: LinkInText;
  /** What the error itself advises, for when nothing better is known. */
  readonly remedy?: string;
}

/** Of a failed call. */
export function symptomOf(error: unknown, tried: string): Symptom {
  const message = messageOf(error);
  if (!isStorageError(error)) return { tried, message, details: {}, ...codePart(error, undefined) };
  const { status, operation, key, details, remedy } = error;
  return {
    tried,
    message,
    details,
    ...codePart(error, error.s3Code),
    ...denialPart(message, status),
    ...(status !== undefined && { status }),
    ...(operation !== undefined && { operation }),
    ...(key !== undefined && { key }),
    ...(remedy !== undefined && { remedy }),
  };
}

/** Words of ours, which stand for what was seen: nobody finds them anywhere else. */
export const ownWords: ReadonlySet<string> = new Set([
  "ClockDrifts",
  "ClockOff",
  "DeadPrincipal",
  "LockedOut",
  "MissingLooksForbidden",
  "OpenDotenv",
  "PartialKeys",
  "WrittenNotFound",
  "WrongAccount",
  "WrongAnswer",
  "WrongOwner",
  "WrongPartition",
  "WrongRegion",
]);

/** Of what is seen without an error. `code`: a word of ours. */
export function seen(code: string, tried: string, message: string, details = {}): Symptom {
  return { tried, code, message, details };
}

export function denialPart(message: string, status: number | undefined): Pick<Symptom, "denial"> {
  if (status !== undefined && status !== 403 && status !== 400) return {};
  const denial = parseDenial(message);
  return denial === undefined ? {} : { denial };
}

/** An error's own words and, where they are others, those of what caused it. */
function messageOf(error: unknown): string {
  const texts: string[] = [];
  for (const each of chainOf(error)) {
    // OpenSSL ends its lines.
    const message = each.message.trim();
    const isNew = !texts.some((text) => text.includes(message));
    if (message !== "" && isNew) texts.push(message);
  }
  return texts.length === 0 ? String(error) : texts.join(" ");
}

/** The service's code, else the code of the connection's end, else the name of the error. */
function codePart(error: unknown, s3Code: string | undefined): Pick<Symptom, "code"> {
  if (s3Code !== undefined) return { code: s3Code };
  const chain = chainOf(error);
  const codes = chain.flatMap((each) => [codeIn(each), ...inMessage(each.message)]);
  const connection = codes.find((code) => connectionProblem(code) !== undefined);
  if (connection !== undefined) return { code: connection };
  const name = chain.map((each) => each.name).find((each) => !plainNames.has(each));
  const own = isStorageError(error) ? error.code : undefined;
  const code = name ?? own;
  return code === undefined ? {} : { code };
}

const plainNames: ReadonlySet<string> = new Set(["Error", "StorageError", "AggregateError"]);

function inMessage(message: string): readonly string[] {
  return message.match(/\b[A-Z][A-Z_]{4,}\b/g) ?? [];
}

function codeIn(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The error and what caused it, four deep. */
function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  let current: unknown = error;
  while (current instanceof Error && chain.length < 4) {
    chain.push(current);
    const first: unknown = current instanceof AggregateError ? current.errors[0] : undefined;
    current = first ?? current.cause;
  }
  return chain;
}
