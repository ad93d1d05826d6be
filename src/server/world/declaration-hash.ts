import { createHash } from "node:crypto";

/** Tells whether a world still says the same of a thing. */
export function declarationHash(value: unknown): string {
  const text = JSON.stringify(value, (_name, item: unknown) =>
    item instanceof Map ? [...(item as ReadonlyMap<unknown, unknown>)] : item,
  );
  return createHash("sha256").update(text).digest("base64");
}
