import { isStorageError } from "../core/errors.ts";
import type { FileService } from "./file-service.ts";

/** What zarrita takes for a store, without a type of its. */
export interface ZarrStore {
  /** Undefined: there is no such key, as for a chunk that was never written. */
  get(key: `/${string}`, options?: ZarrReadOptions): Promise<Uint8Array | undefined>;
  /** Undefined as of `get`. */
  getRange(
    key: `/${string}`,
    range: ZarrRange,
    options?: ZarrReadOptions,
  ): Promise<Uint8Array | undefined>;
}

/** What readers of Zarr give with a read. */
export interface ZarrReadOptions {
  readonly signal?: AbortSignal;
}

/** Bytes from a place on, or the last ones. */
export type ZarrRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffixLength: number };

/**
 * The Zarr group or array below a directory, for `zarr.open()` of zarrita. A chunk that is missing is
 * undefined, which means its fill value; one that may not be read throws.
 *
 * @example
 * const store = zarrStore(files, "exp-1/v2ecoli_seed00.zarr");
 * const array = await zarr.open(store, { kind: "array" });
 */
export function zarrStore(
  files: Pick<FileService, "getFileContents" | "read">,
  path: string,
): ZarrStore {
  const folder = path.replace(/\/+$/, "");
  const pathOf = (key: string): string => (folder === "" ? key.slice(1) : folder + key);
  return {
    async get(key, options) {
      return (await files.getFileContents(pathOf(key), only(options))) ?? undefined;
    },
    async getRange(key, range, options) {
      const wanted =
        "suffixLength" in range
          ? range
          : { first: range.offset, last: range.offset + range.length - 1 };
      try {
        const { body } = await files.read(pathOf(key), { ...only(options), range: wanted });
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) chunks.push(Uint8Array.from(chunk));
        return Buffer.concat(chunks);
      } catch (error) {
        if (isStorageError(error, "NotFound") && error.s3Code !== "NoSuchBucket") return undefined;
        throw error;
      }
    },
  };
}

/** Readers give options of their own besides. */
function only(options: ZarrReadOptions | undefined): ZarrReadOptions {
  return options?.signal === undefined ? {} : { signal: options.signal };
}
