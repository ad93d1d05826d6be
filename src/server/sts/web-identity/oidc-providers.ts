import { stat } from "node:fs/promises";
import { StorageError } from "../../../core/errors.ts";
import { worldLimits } from "../../../core/world-limits.ts";
import type { RecordReader } from "../../../engine/records.ts";
import { readPlainFile } from "../../read-plain-file.ts";
import { iamTables, oidcKey } from "../../iam/iam-records.ts";
import type { WorldState } from "../../world/world-state.ts";
import { KeySet } from "./key-set.ts";

/** An issuer whose tokens an account takes. */
export interface OidcProvider {
  /** `https://issuer.example/path`, as its tokens name it. */
  readonly issuer: string;
  readonly clientIds: readonly string[];
  readonly keys: KeySet;
}

/**
 * The issuers that accounts take, with the keys that a world names for them, as their files have them now. This
 * server asks no network for any.
 */
export class OidcProviders {
  readonly #records: RecordReader;
  readonly #world: WorldState;
  readonly #read = new Map<string, { readonly version: string; readonly keys: KeySet }>();

  constructor(records: RecordReader, world: WorldState) {
    this.#records = records;
    this.#world = world;
  }

  /** Whether there is any, so that calls without a signature can be good for something. */
  any(): boolean {
    return iamTables.oidcProviders.list(this.#records).length > 0;
  }

  /** Undefined: not one of the account's. Throws StorageError when its keys cannot be read. */
  async find(accountId: string, issuer: string): Promise<OidcProvider | undefined> {
    const known = iamTables.oidcProviders.get(this.#records, oidcKey(accountId, issuer));
    if (known?.issuer !== issuer) return undefined;
    const file = this.#keyFileOf(accountId, issuer);
    if (file === undefined) {
      throw new StorageError(
        "ConfigurationError",
        `This server has no keys of the issuer ${issuer}, and asks no network for them.`,
        { remedy: "Name them as jwksFile of the issuer in a world." },
      );
    }
    return { issuer, clientIds: known.clientIds, keys: await this.#keysOf(file) };
  }

  /** An issuer has the same keys for all; the account's own word on them goes first. */
  #keyFileOf(accountId: string, issuer: string): string | undefined {
    const { accounts } = this.#world.current ?? {};
    const own = accounts?.get(accountId)?.oidcProviders.get(issuer);
    if (own !== undefined) return own.jwksFile;
    for (const { oidcProviders } of accounts?.values() ?? []) {
      const found = oidcProviders.get(issuer);
      if (found !== undefined) return found.jwksFile;
    }
    return undefined;
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
