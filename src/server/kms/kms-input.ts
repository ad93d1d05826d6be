import type { Tag } from "../../core/bucket-settings.ts";
import type { EncryptionContext } from "./key-cipher.ts";
import { invalid, KmsError } from "./kms-error.ts";

/** The JSON of a request to KMS; throws KmsError ValidationException for what is not of its form. */
export class KmsInput {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(body: Buffer) {
    this.#fields = parse(body);
  }

  text(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") throw wrongType(name, "a string");
    return value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== "") return value;
    const field = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
    throw invalid(
      `1 validation error detected: Value null at '${field}' failed to satisfy constraint: ` +
        "Member must not be null",
    );
  }

  flag(name: string): boolean {
    const value = this.#fields[name];
    if (value === undefined || value === null) return false;
    if (typeof value !== "boolean") throw wrongType(name, "true or false");
    return value;
  }

  /** A whole number from `from` to `to`; undefined: not given. */
  whole(name: string, from: number, to: number): number | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= from && value <= to) {
      return value;
    }
    throw invalid(`${name} must be a whole number from ${from} to ${to}.`);
  }

  /** Base64, of 1 to `most` bytes. */
  bytes(name: string, most: number): Buffer {
    const text = this.required(name);
    const bytes = Buffer.from(text, "base64");
    if (bytes.length >= 1 && bytes.length <= most) return bytes;
    throw invalid(`${name} must have 1 to ${most} bytes.`);
  }

  texts(name: string): readonly string[] {
    const value = this.#fields[name];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
    throw wrongType(name, "a list of strings");
  }

  tags(name = "Tags"): readonly Tag[] {
    const value = this.#fields[name];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw wrongType(name, "a list of tags");
    return value.map((one: unknown) => {
      const { TagKey: Key, TagValue: Value } = objectOf(one, name);
      if (typeof Key !== "string" || typeof Value !== "string") {
        throw wrongType(name, "tags with TagKey and TagValue");
      }
      return { Key, Value };
    });
  }

  context(name = "EncryptionContext"): EncryptionContext {
    return this.#pairs(name, this.#fields[name]) ?? {};
  }

  /** `EncryptionContextEquals` and `EncryptionContextSubset` of a grant. */
  constraint(kind: "Equals" | "Subset"): EncryptionContext | undefined {
    const constraints = this.#fields["Constraints"];
    if (constraints === undefined || constraints === null) return undefined;
    const name = `EncryptionContext${kind}`;
    return this.#pairs(name, objectOf(constraints, "Constraints")[name]);
  }

  #pairs(name: string, value: unknown): EncryptionContext | undefined {
    if (value === undefined || value === null) return undefined;
    const pairs = Object.entries(objectOf(value, name));
    return Object.fromEntries(
      pairs.map(([key, one]) => {
        if (typeof one !== "string") throw wrongType(name, "strings by name");
        return [key, one];
      }),
    );
  }
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new KmsError("SerializationException", "The request is no JSON.");
  }
  return objectOf(value, "The request");
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw wrongType(name, "an object");
}

function wrongType(name: string, wanted: string): KmsError {
  return new KmsError("SerializationException", `${name} must be ${wanted}.`);
}
