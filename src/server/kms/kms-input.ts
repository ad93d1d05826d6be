import type { Tag } from "../../core/bucket-settings.ts";
import { isObject, JsonInput, wrongType } from "../aws-json/json-input.ts";
import type { EncryptionContext } from "./key-cipher.ts";
import { invalid } from "./kms-error.ts";

/** The JSON of a request to KMS; throws as JsonInput does. */
export class KmsInput extends JsonInput {
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== "") return value;
    const field = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
    throw invalid(
      `1 validation error detected: Value null at '${field}' failed to satisfy constraint: ` +
        "Member must not be null",
    );
  }

  /** Base64, of 1 to `most` bytes. */
  bytes(name: string, most: number): Buffer {
    const text = this.required(name);
    const bytes = Buffer.from(text, "base64");
    if (bytes.length >= 1 && bytes.length <= most) return bytes;
    throw invalid(`${name} must have 1 to ${most} bytes.`);
  }

  tags(name = "Tags"): readonly Tag[] {
    return this.inputs(name).map((one) => {
      const Key = one.text("TagKey");
      const Value = one.text("TagValue");
      if (Key !== undefined && Value !== undefined) return { Key, Value };
      throw wrongType(name, "tags with TagKey and TagValue");
    });
  }

  context(name = "EncryptionContext"): EncryptionContext {
    return pairs(name, this.value(name)) ?? {};
  }

  /** `EncryptionContextEquals` and `EncryptionContextSubset` of a grant. */
  constraint(kind: "Equals" | "Subset"): EncryptionContext | undefined {
    const constraints = this.value("Constraints");
    if (constraints === undefined) return undefined;
    if (!isObject(constraints)) throw wrongType("Constraints", "an object");
    const name = `EncryptionContext${kind}`;
    return pairs(name, constraints[name]);
  }
}

function pairs(name: string, value: unknown): EncryptionContext | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(name, "an object");
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (typeof one !== "string") throw wrongType(name, "strings by name");
      return [key, one];
    }),
  );
}
