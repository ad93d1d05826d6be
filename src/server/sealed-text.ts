import { ObjectKeys } from "../engine/at-rest.ts";
import type { Secrets } from "../engine/records.ts";

/** Values as text that only this store can make and read, for what clients carry about. */
export interface SealedText {
  seal(value: unknown): string;
  /** Undefined: not made by this store for this purpose, or changed since. */
  open(text: string): unknown;
}

/** Each purpose has a key of its own, so that no token passes for one of another kind. */
export function sealedText(secrets: Secrets, purpose: string): SealedText {
  const keys = new ObjectKeys(secrets.keyFor(purpose));
  return {
    seal: (value) => keys.seal(Buffer.from(JSON.stringify(value))).toString("base64url"),
    open: (text) => {
      const sealed = Buffer.from(text, "base64url");
      // Node skips what is no base64; a token has one spelling only.
      if (sealed.toString("base64url") !== text) return undefined;
      try {
        return JSON.parse(keys.open("store", sealed).toString("utf8"));
      } catch {
        return undefined;
      }
    },
  };
}
