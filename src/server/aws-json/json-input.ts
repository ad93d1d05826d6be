import { JsonError } from "./json-error.ts";

export type JsonFields = Readonly<Record<string, unknown>>;

/**
 * The JSON of a request. Throws JsonError SerializationException for what is not of its form, and
 * ValidationException for values that are out of bounds.
 */
export class JsonInput {
  protected readonly fields: JsonFields;

  constructor(body: Buffer | JsonFields) {
    this.fields = Buffer.isBuffer(body) ? parse(body) : body;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === "string") return value;
    throw wrongType(name, "a string");
  }

  flag(name: string): boolean {
    return this.optionalFlag(name) ?? false;
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw wrongType(name, "true or false");
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === "number") return value;
    throw wrongType(name, "a number");
  }

  /** A whole number from `from` to `to`; undefined: not given. */
  whole(name: string, from: number, to: number): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= from && value <= to) {
      return value;
    }
    throw new JsonError(
      "ValidationException",
      `${name} must be a whole number from ${from} to ${to}.`,
    );
  }

  texts(name: string): readonly string[] {
    return this.list(name, "a list of strings", (one): one is string => typeof one === "string");
  }

  /** Objects of a list, each to be read by itself. */
  inputs(name: string): readonly JsonInput[] {
    return this.list(name, "a list of objects", isObject).map((fields) => new JsonInput(fields));
  }

  /** Undefined: not given, or null, which is the same. */
  protected value(name: string): unknown {
    return this.fields[name] ?? undefined;
  }

  protected list<T>(name: string, wanted: string, fits: (one: unknown) => one is T): readonly T[] {
    const value = this.value(name);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every(fits)) return value;
    throw wrongType(name, wanted);
  }
}

function parse(body: Buffer): JsonFields {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new JsonError("SerializationException", "The request is no JSON.");
  }
  if (isObject(value)) return value;
  throw wrongType("The request", "an object");
}

export function isObject(value: unknown): value is JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function wrongType(name: string, wanted: string): JsonError {
  return new JsonError("SerializationException", `${name} must be ${wanted}.`);
}
