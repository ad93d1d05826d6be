import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { worldLimits } from "../../../core/world-limits.ts";

interface PublicKey {
  readonly id: string | undefined;
  readonly algorithm: string | undefined;
  readonly key: KeyObject;
}

/** The public keys of an issuer. */
export class KeySet {
  readonly #keys: readonly PublicKey[];

  private constructor(keys: readonly PublicKey[]) {
    this.#keys = keys;
  }

  /** Throws an Error that says what is wrong with a JSON Web Key Set. Source: RFC 7517. */
  static parse(text: string): KeySet {
    const { keys } = parseObject(text);
    if (!Array.isArray(keys) || keys.length === 0) throw new Error("it has no list of keys");
    if (keys.length > worldLimits.oidcKeys) {
      throw new Error(`it has ${keys.length} keys; ${worldLimits.oidcKeys} are allowed`);
    }
    return new KeySet(keys.map((key, index) => readKey(key, index)));
  }

  /** Undefined: there is no such key. A set of one key needs no ids. */
  find(id: string | undefined, algorithm: string): KeyObject | undefined {
    const found = this.#keys.find((key) =>
      id === undefined ? this.#keys.length === 1 : key.id === id,
    );
    if (found?.algorithm !== undefined && found.algorithm !== algorithm) return undefined;
    const type = algorithm.startsWith("RS") ? "rsa" : "ec";
    return found?.key.asymmetricKeyType === type ? found.key : undefined;
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The private half of a key has no business in there, and would be read over. */
function readKey(value: unknown, index: number): PublicKey {
  const jwk: JsonWebKey = typeof value === "object" && value !== null ? { ...value } : {};
  const { kid, alg } = jwk;
  if (jwk.kty !== "RSA" && jwk.kty !== "EC") throw new Error(`key ${index} is no RSA or EC key`);
  try {
    return {
      id: typeof kid === "string" ? kid : undefined,
      algorithm: typeof alg === "string" ? alg : undefined,
      key: createPublicKey({ key: jwk, format: "jwk" }),
    };
  } catch {
    throw new Error(`key ${index} cannot be read`);
  }
}
