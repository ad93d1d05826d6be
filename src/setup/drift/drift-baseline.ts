import { StorageError } from "../../core/errors.ts";

/** What was found on a bucket when somebody looked at it and said that it is well. Plain data. */
export interface DriftBaseline {
  readonly formatVersion: 1;
  readonly bucket: string;
  /** ISO 8601. */
  readonly recordedAt: string;
  /** Undeclared settings, statements and rules, by name. */
  readonly undeclared: Readonly<Record<string, unknown>>;
  /** The set-up's own statements and rules, by name. Left out in baselines of before. */
  readonly own?: Readonly<Record<string, unknown>>;
  /** Declared drift that is accepted: id of the finding -> hash of what was found, and when. */
  readonly accepted: Readonly<Record<string, { readonly found: string; readonly on: string }>>;
}

/** Reads a baseline. Throws StorageError InvalidArgument for a text that is none of this bucket. */
export function parseBaseline(text: string, file: string, bucket: string): DriftBaseline {
  const data = parseJson(text);
  const isBaseline =
    isObject(data) &&
    data["formatVersion"] === 1 &&
    isObject(data["undeclared"]) &&
    isObject(data["accepted"]) &&
    (data["own"] === undefined || isObjects(data["own"])) &&
    Object.values(data["accepted"]).every(
      (entry) => isObject(entry) && typeof entry["found"] === "string",
    );
  if (!isBaseline) throw noBaseline(`${file} is no baseline of drift.`);
  if (data["bucket"] !== bucket) {
    throw noBaseline(`${file} is of the bucket ${String(data["bucket"])}, not of ${bucket}.`);
  }
  return data as unknown as DriftBaseline;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isObjects(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isObject);
}

function noBaseline(message: string): StorageError {
  return new StorageError("InvalidArgument", message, {
    operation: "drift",
    remedy: "Name another with --baseline, or record one anew: sms-storage drift --record",
  });
}
