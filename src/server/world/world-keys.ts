import { lstatSync, readFileSync } from "node:fs";
import { replaceFile } from "../../disk/replace-file.ts";
import { StorageError } from "../../core/errors.ts";
import { serverLimits } from "../../core/limits.ts";
import type { DeclaredKey } from "../iam/declaration.ts";
import { newUniqueId } from "../iam/unique-id.ts";

type KeysByHolder = Readonly<Record<string, readonly DeclaredKey[]>>;

/** The access keys that worlds left out: made at random, once, and kept in a file that is theirs alone. */
export class WorldKeys {
  readonly #file: string | undefined;
  readonly #randomBytes: (count: number) => Buffer;
  readonly #made: Map<string, DeclaredKey[]>;
  #isSaved = true;

  /** Undefined: in memory alone. Throws StorageError ConfigurationError for a file that is none of these. */
  constructor(file: string | undefined, randomBytes: (count: number) => Buffer) {
    this.#file = file;
    this.#randomBytes = randomBytes;
    this.#made = new Map(
      Object.entries(file === undefined ? {} : readWorldKeys(file)).map(([holder, keys]) => [
        holder,
        [...keys],
      ]),
    );
  }

  /** The key of a holder, such as `111122223333/user/ci`, at an index of its list. */
  readonly makeKey = (holder: string, index: number): DeclaredKey => {
    const keys = this.#made.get(holder) ?? [];
    this.#made.set(holder, keys);
    for (let count = keys.length; count <= index; count += 1) {
      keys.push(this.#newKey());
      this.#isSaved = false;
    }
    return keys[index] ?? this.#newKey();
  };

  /** On disk before any of them opens anything. */
  async save(): Promise<void> {
    if (this.#isSaved || this.#file === undefined) return;
    const text = `${JSON.stringify(Object.fromEntries(this.#made), null, 2)}\n`;
    try {
      await replaceFile(this.#file, text);
      this.#isSaved = true;
    } catch (cause) {
      throw keysError(`${this.#file} cannot be written (${reasonOf(cause)}).`, cause);
    }
  }

  #newKey(): DeclaredKey {
    const secretAccessKey = this.#randomBytes(30).toString("base64");
    return { accessKeyId: newUniqueId("AKIA", 16, this.#randomBytes), secretAccessKey };
  }
}

/** By holder; none where there is no file. Throws StorageError ConfigurationError. */
export function readWorldKeys(file: string): KeysByHolder {
  let text: string;
  try {
    const { size } = lstatSync(file);
    if (size > serverLimits.identitiesBytes) throw keysError(`${file} has ${size} bytes.`);
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return {};
    if (cause instanceof StorageError) throw cause;
    throw keysError(`${file} cannot be read (${reasonOf(cause)}).`, cause);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isKeys(value)) return value;
  } catch (cause) {
    throw keysError(`${file} is no JSON.`, cause);
  }
  throw keysError(`${file} is no file of keys.`);
}

function isKeys(value: unknown): value is KeysByHolder {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((keys) => Array.isArray(keys) && keys.every(isKey))
  );
}

function isKey(value: unknown): value is DeclaredKey {
  if (typeof value !== "object" || value === null) return false;
  const { accessKeyId, secretAccessKey } = value as Partial<Record<string, unknown>>;
  return typeof accessKeyId === "string" && typeof secretAccessKey === "string";
}

function keysError(message: string, cause?: unknown): StorageError {
  return new StorageError("ConfigurationError", message, {
    remedy: "Move it away to have the keys that the world leaves out made anew.",
    ...(cause !== undefined && { cause }),
  });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
