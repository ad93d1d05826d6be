import { checksumAlgorithms } from "./checksum.ts";
import { closestName } from "./closest-name.ts";
import { StorageError } from "./errors.ts";
import type { CallOptions, ObjectHeaders } from "./object-store.ts";
import { isRegionName } from "./partition.ts";

/** Undefined for a value that is taken, else what it has to be, in words that follow "must be". */
export type Check = (value: unknown) => string | undefined;

/** A check for each option of a call, so that the compiler finds one that was forgotten. */
export type OptionChecks<Options> = { readonly [Name in keyof Required<Options>]: Check };

/**
 * Checks what a caller gave, before anything is done with it: wrong values and names that no option
 * has. Undefined members count as left out. Throws InvalidArgument.
 */
export function checkOptions<Options extends object>(
  operation: string,
  options: Options | undefined,
  checks: OptionChecks<Options>,
): void {
  if (options === undefined) return;
  if (!isPlainObject(options)) {
    throw wrongArgument(operation, "the options", "an object", options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      if (value !== undefined) throw unknownOption(operation, name, Object.keys(checks));
      continue;
    }
    if (value === undefined) continue;
    const problem = checks[name as keyof Options](value);
    if (problem === undefined) continue;
    // What stands in the place of keys may be one.
    const given = name === "credentials" ? kindOf(value) : shown(value);
    throw wrong(operation, `the option ${name}`, problem, isOfItsKind(value, problem) ? "" : given);
  }
}

/**
 * What a caller gave, each own member read once: a getter cannot say another thing after the check, and a
 * member that `Object.prototype` was given is no option. What is no plain object stays, for the check, and so
 * does within them what has methods: they may be about itself.
 */
export function ownOptions<Options extends object>(options: Options): Options {
  return ownCopy(options, 0) as Options;
}

/** Keys, maps and lists stand this deep at most in options. */
const optionDepth = 2;

function ownCopy(value: unknown, depth: number): unknown {
  if (depth > optionDepth) return value;
  if (Array.isArray(value)) return Array.from(value, (entry) => ownCopy(entry, depth + 1));
  if (!isPlainObject(value) || (depth > 0 && !isLiteral(value))) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (depth > 0 && typeof member === "function") return value;
    copy[name] = ownCopy(member, depth + 1);
  }
  return copy;
}

/** Not one of a class, which has more than its members. */
function isLiteral(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** As `checkOptions`, for one argument. `what` follows the operation: "the path". */
export function checkArgument(operation: string, what: string, value: unknown, check: Check): void {
  const problem = check(value);
  if (problem !== undefined) throw wrongArgument(operation, what, problem, value);
}

/** InvalidArgument that says what was wanted and what was given instead. */
export function wrongArgument(
  operation: string,
  what: string,
  wanted: string,
  given: unknown,
): StorageError {
  return wrong(operation, what, wanted, isOfItsKind(given, wanted) ? "" : shown(given));
}

/** That it is "an Object" is not what is wrong with it. */
function isOfItsKind(given: unknown, wanted: string): boolean {
  return isPlainObject(given) && /^(?:\{|an object)/.test(wanted);
}

function wrong(operation: string, what: string, wanted: string, given: string): StorageError {
  const instead = given === "" ? "" : `, not ${given}`;
  const message = `${operation}: ${what} must be ${wanted}${instead}.`;
  return new StorageError("InvalidArgument", message, { operation });
}

function unknownOption(operation: string, name: string, known: readonly string[]): StorageError {
  const begun = name.length < 4 ? [] : known.filter((each) => each.startsWith(name));
  const meant = closestName(name, known) ?? (begun.length === 1 ? begun[0] : undefined);
  const message = `${operation} has no option ${shown(name)}.`;
  return new StorageError("InvalidArgument", message, {
    operation,
    remedy: meant === undefined ? `It takes ${known.join(", ")}.` : `Did you mean ${meant}?`,
  });
}

const shownCharacters = 40;

/** Short, and never the inside of an object: it may hold keys of credentials. */
function shown(value: unknown): string {
  if (typeof value === "string") {
    const cut = value.length > shownCharacters ? `${value.slice(0, shownCharacters)}...` : value;
    return JSON.stringify(cut);
  }
  if (
    typeof value === "number" ||
    typeof value === "boolean" ||
    value === null ||
    value === undefined
  ) {
    return String(value);
  }
  return kindOf(value);
}

function kindOf(value: unknown): string {
  if (value instanceof Date && Number.isNaN(value.getTime())) return "an invalid Date";
  if (Buffer.isBuffer(value)) return "a Buffer";
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return `${/^(?:[AEIO]|U(?!int))/i.test(kind) ? "an" : "a"} ${kind}`;
}

/** Also one of another realm, as test runners make them; no array, Map, Date or function. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

export const isText: Check = (value) => (typeof value === "string" ? undefined : "a string");

export const isFilledText: Check = (value) =>
  typeof value === "string" && value !== "" ? undefined : "a string that is not empty";

export const isRegion: Check = (value) =>
  typeof value === "string" && isRegionName(value)
    ? undefined
    : "a region such as us-east-1, of letters, digits, - and _";

export const isAccountId: Check = (value) =>
  typeof value === "string" && /^\d{12}$/.test(value)
    ? undefined
    : "an account of twelve digits, in a string";

export const isFlag: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");

export const isCallback: Check = (value) =>
  typeof value === "function" ? undefined : "a function";

export const isDate: Check = (value) =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : "a valid Date";

export const isSignal: Check = (value) => {
  const signal = value as AbortSignal | null;
  const isOne =
    typeof signal === "object" &&
    typeof signal?.aborted === "boolean" &&
    typeof signal.addEventListener === "function";
  return isOne ? undefined : "an AbortSignal";
};

const isTimeLimit: Check = (value) =>
  typeof value === "number" && value > 0 ? undefined : "a number of milliseconds above 0";

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/;

export const isHeaderText: Check = (value) =>
  typeof value === "string" && !controls.test(value)
    ? undefined
    : "a string without control characters";

/** A token of HTTP, for these names become part of a header's. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const isMetadata: Check = (value) => {
  if (!isPlainObject(value)) return "an object of names and strings";
  for (const [name, entry] of Object.entries(value)) {
    if (!headerName.test(name)) {
      return `an object whose names are letters, digits and -, without ${shown(name)}`;
    }
    const problem = isHeaderText(entry);
    if (problem !== undefined) return `an object of strings; ${name} is ${shown(entry)}`;
  }
  return undefined;
};

/** S3 refuses more, or longer ones, itself. */
export const isTags: Check = (value) =>
  isPlainObject(value) && Object.values(value).every((entry) => typeof entry === "string")
    ? undefined
    : "an object of names and strings";

export function isOneOf(...values: readonly string[]): Check {
  const wanted = values.map((value) => `"${value}"`).join(", ");
  return (value) => (values.includes(value as string) ? undefined : `one of ${wanted}`);
}

export function isWholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): Check {
  const wanted =
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of ${least} or more`
      : `a whole number from ${least} to ${most}`;
  return (value) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : wanted;
}

export const isChecksumChoice: Check = isOneOf("auto", "none", ...checksumAlgorithms);

/** S3 ignores a range that cannot be and sends the whole object. */
export const isRange: Check = (value) => {
  const range = isPlainObject(value) ? value : {};
  const names = Object.keys(range).sort().join();
  const { first, last, suffixLength } = range;
  const isEnd = names === "suffixLength" && isWholeNumber(1)(suffixLength) === undefined;
  const isBeginning = names === "first" || names === "first,last";
  const isPart = isBeginning && isWholeNumber(0)(first) === undefined;
  if (isEnd || (isPart && (last === undefined || isWholeNumber(Number(first))(last) === undefined)))
    return undefined;
  return "{ first, last } or { suffixLength }, whole numbers of which last is not below first";
};

export const isArray: Check = (value) => (Array.isArray(value) ? undefined : "an array");

export const isStore: Check = (value) => {
  const store = value as { bucket?: unknown; headObject?: unknown } | null;
  const isOne =
    typeof store === "object" &&
    typeof store?.bucket === "string" &&
    typeof store.headObject === "function";
  return isOne ? undefined : "an ObjectStore, such as openObjectStore() gives";
};

export const isAsyncIterable: Check = (value) => {
  const iterable = value as Partial<AsyncIterable<unknown>> | null;
  const isOne =
    typeof iterable === "object" && typeof iterable?.[Symbol.asyncIterator] === "function";
  return isOne ? undefined : "an async iterable of bytes, such as a Readable or a ReadableStream";
};

export const callChecks: OptionChecks<CallOptions> = { signal: isSignal, timeoutMs: isTimeLimit };

export const headerChecks: OptionChecks<ObjectHeaders> = {
  contentType: isHeaderText,
  contentEncoding: isHeaderText,
  contentDisposition: isHeaderText,
  contentLanguage: isHeaderText,
  cacheControl: isHeaderText,
  expires: isHeaderText,
  metadata: isMetadata,
  storageClass: isHeaderText,
};
