import { join } from "node:path";

/** Where things lie in a data directory. */
export interface StoreLayout {
  readonly directory: string;
  /** LMDB's folder. */
  readonly index: string;
  /** A second record of the index. */
  readonly redo: string;
  /** Files of large contents. */
  readonly blobs: string;
  /** The file of the key under which objects are encrypted. */
  readonly masterKey: string;
  /** Files of large contents to which nothing refers. */
  readonly quarantine: string;
}

export function layoutOf(directory: string): StoreLayout {
  return {
    directory,
    index: join(directory, "index"),
    redo: join(directory, "redo"),
    blobs: join(directory, "blobs"),
    masterKey: join(directory, "keys", "master-key.json"),
    quarantine: join(directory, "quarantine"),
  };
}
