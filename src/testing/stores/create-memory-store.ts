import { randomUUID } from "node:crypto";
import { isCallback, isFlag, type OptionChecks } from "../../core/check-options.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { takeOptions } from "../../core/take-options.ts";
import { Turns } from "../../core/turns.ts";
import { keptCapabilities } from "./kept-capabilities.ts";
import { isBucketName, KeptStore } from "./kept-store.ts";
import { MemoryShelf } from "./memory-shelf.ts";

/** How a bucket in memory is. */
export interface MemoryStoreOptions {
  /** Default `test-bucket`. */
  readonly bucket?: string;
  /** Whether the bucket keeps what was replaced and deleted. Default false. */
  readonly versioned?: boolean;
  /** When objects were written. Default: the real time. */
  readonly now?: () => Date;
}

const memoryStoreChecks: OptionChecks<MemoryStoreOptions> = {
  bucket: isBucketName,
  versioned: isFlag,
  now: isCallback,
};

/**
 * A bucket in memory with S3's rules (order of listings, conditions, versions, uploads in parts,
 * checksums), for unit tests: no socket, no file, no wait. It has no policies, no encryption and no
 * links; `startTestServer` has.
 *
 * @example
 * const files = createFileService(createMemoryStore());
 * await files.uploadBytes("a\tb\n", "runs/1/table.tsv");
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): ObjectStore {
  const given = takeOptions("createMemoryStore", options, memoryStoreChecks);
  const { bucket = "test-bucket", versioned = false, now = () => new Date() } = given;
  const shelf = new MemoryShelf();
  const location = `memory://${randomUUID()}/${bucket}/`;
  const context = { bucket, location, shelf, isVersioned: versioned, now, turns: new Turns() };
  return new KeptStore(context, { ...keptCapabilities, versioning: versioned ? "yes" : "no" });
}
