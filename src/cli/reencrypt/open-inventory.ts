import { open, stat } from "node:fs/promises";
import { StorageError } from "../../core/errors.ts";
import { parseS3Uri } from "../../core/object-key.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import { localFileError } from "../../transfer/local/local-file-error.ts";
import { readInventoryManifest } from "../../transfer/reencrypt/inventory-manifest.ts";
import { bareColumns } from "../../transfer/reencrypt/inventory-row.ts";
import type { Inventory } from "../../transfer/reencrypt/search-inventory.ts";

export interface OpenedInventory extends Inventory {
  /** What tells it from the one of another day. */
  readonly identity: string;
}

/**
 * An inventory by its manifest (`.json`, whose data files are read from the bucket that it names), or a
 * data file itself; here or at `s3://`. Throws InvalidArgument for what is none, or is of another bucket.
 */
export async function openInventory(
  buckets: Buckets,
  place: string,
  { bucket, signal }: { readonly bucket: string; readonly signal: AbortSignal },
): Promise<OpenedInventory> {
  const from = (target: string) => () => openBytes(buckets, target, signal);
  if (!place.endsWith(".json")) {
    const files = [{ name: place, md5: undefined, open: from(place) }];
    const identity = JSON.stringify([place, await stateOf(buckets, place, signal)]);
    return { columns: bareColumns, files, identity };
  }
  const text = await readText(await from(place)(), place);
  const manifest = readInventoryManifest(text, place);
  if (manifest.sourceBucket !== bucket) {
    const message = `${place} is an inventory of ${manifest.sourceBucket}, not of ${bucket}.`;
    throw new StorageError("InvalidArgument", message, {
      operation: "re-encrypt",
      remedy: `Name that bucket, s3://${manifest.sourceBucket}/, or an inventory of ${bucket}.`,
    });
  }
  const { columns, destinationBucket, files } = manifest;
  return {
    columns,
    files: files.map(({ key, md5 }) => {
      const name = `s3://${destinationBucket}/${key}`;
      return { name, md5, open: from(name) };
    }),
    identity: JSON.stringify([place, files.map(({ key, md5 }) => [key, md5])]),
  };
}

async function openBytes(
  buckets: Buckets,
  place: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const uri = parseS3Uri(place);
  if (uri !== undefined) {
    const { body } = await buckets.of(uri.bucket).store.getObject(uri.key, { signal });
    return body;
  }
  try {
    const handle = await open(place);
    if (!(await handle.stat()).isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    throw localFileError("inventory", place, error);
  }
  throw new StorageError("InvalidArgument", `${place} is a folder and no inventory.`, {
    operation: "re-encrypt",
    remedy: "Name the manifest.json in it, or a data file.",
  });
}

/** What changes with the contents. */
async function stateOf(
  buckets: Buckets,
  place: string,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const uri = parseS3Uri(place);
  if (uri !== undefined) {
    const { etag } = await buckets.of(uri.bucket).store.headObject(uri.key, { signal });
    return [etag];
  }
  try {
    const { size, mtimeMs, ino } = await stat(place);
    return [size, mtimeMs, ino];
  } catch (error) {
    throw localFileError("inventory", place, error);
  }
}

async function readText(bytes: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    sizeBytes += chunk.length;
    if (sizeBytes > reencryptLimits.manifestBytes) {
      const message = `${name} is larger than a manifest of an S3 Inventory can be.`;
      throw new StorageError("InvalidArgument", message, { operation: "re-encrypt" });
    }
    // A body's memory may be used again once the next chunk is asked for.
    chunks.push(Uint8Array.from(chunk));
  }
  return Buffer.concat(chunks).toString("utf8");
}
