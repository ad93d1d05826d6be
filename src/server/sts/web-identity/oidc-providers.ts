import { stat } from "node:fs/promises";
import { StorageError } from "../../../core/errors.ts";
import { worldLimits } from "../../../core/world-limits.ts";
import { readPlainFile } from "../../read-plain-file.ts";
import type { WorldState } from "../../world/world-state.ts";
import { KeySet } from "./key-set.ts";

/** An issuer whose tokens an account takes. */
export interface OidcProvider {
  /** `https://issuer.example/path`, as its tokens name it. */
  readonly issuer: string;
  readonly clientIds: readonly string[];
  readonly keys: KeySet;
}

/** The issuers of the world, with their keys as their files have them now. */
export class OidcProviders {
  readonly #world: WorldState;
  readonly #read = new Map<string, { readonly version: string; readonly keys: KeySet }>();

  constructor(world: WorldState) {
    this.#world = world;
  }

  /** Whether there is any, so that calls without a signature can be good for something. */
  any(): boolean {
    const accounts = this.#world.current?.accounts.values() ?? [];
    return Array.from(accounts).some(({ oidcProviders }) => oidcProviders.size > 0);
  }

  /** Undefined: not one of the account's. Throws StorageError when its keys cannot be read. */
  async find(accountId: string, issuer: string): Promise<OidcProvider | undefined> {
    const account = this.#world.current?.accounts.get(accountId);
    const known = account?.oidcProviders.get(issuer);
    if (known === undefined) return undefined;
    return { issuer, clientIds: known.clientIds, keys: await this.#keysOf(known.jwksFile) };
  }

  async #keysOf(file: string): Promise<KeySet> {
    const { mtimeMs, size, ino } = await stat(file).catch((cause: unknown) => {
      throw unreadable(file, codeOf(cause), cause);
    });
    const version = `${mtimeMs} ${size} ${ino}`;
    const known = this.#read.get(file);
    if (known?.version === version) return known.keys;
    const keys = await readKeySet(file);
    if (this.#read.size >= worldLimits.oidcProvidersPerAccount) this.#read.clear();
    this.#read.set(file, { version, keys });
    return keys;
  }
}

/** Throws StorageError ConfigurationError. */
export async function readKeySet(file: string): Promise<KeySet> {
  try {
    return KeySet.parse((await readPlainFile(file, worldLimits.jwksBytes)).toString("utf8"));
  } catch (cause) {
    throw unreadable(file, codeOf(cause), cause);
  }
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause ? String(cause.code) : cause.message;
}

function unreadable(file: string, why: string, cause: unknown): StorageError {
  return new StorageError(
    "ConfigurationError",
    `The keys of an issuer of web identities, ${file}, cannot be read: ${why}.`,
    {
      remedy: "Put the issuer's JSON Web Key Set there, or take the issuer out of the world.",
      cause,
    },
  );
}
