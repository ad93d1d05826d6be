import {
  type Check,
  checkArgument,
  isAsyncIterable,
  isPlainObject,
  wrongArgument,
} from "../core/check-options.ts";
import { assertObjectKey } from "../core/object-key.ts";
import { BucketTarget } from "../transfer/archive/bucket-target.ts";
import { extractArchive } from "../transfer/archive/extract-archive.ts";
import type { UnpackResult } from "../transfer/archive/extract-options.ts";
import type { ArchiveSource } from "../transfer/archive/open-entries.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { ArchiveInput, ExtractArchiveOptions } from "./archive-types.ts";
import { toPrefix } from "./listing.ts";
import { localPath } from "./local-path.ts";
import { toKey } from "./to-key.ts";

const operation = "extractArchive";
const wanted = "an async iterable of bytes, { file } or { path }";

export async function extractToBucket(
  context: TransferContext,
  input: ArchiveInput,
  path: string,
  options: ExtractArchiveOptions = {},
): Promise<UnpackResult> {
  const { ifAbsent, replace, sse, storageClass, tags, keepModifiedTime, ...unpacking } = options;
  const target = new BucketTarget(context, toPrefix(context, path, {}), {
    ...(ifAbsent !== undefined && { ifAbsent }),
    ...(replace !== undefined && { replace }),
    ...(sse !== undefined && { sse }),
    ...(storageClass !== undefined && { storageClass }),
    ...(tags !== undefined && { tags }),
    ...(keepModifiedTime !== undefined && { keepModifiedTime }),
  });
  return extractArchive(context, sourceOf(context, input), target, unpacking);
}

function sourceOf(context: TransferContext, input: ArchiveInput): ArchiveSource {
  checkArgument(operation, "the archive", input, isInput);
  // Before its names: a stream of Node from a file has a `path` too.
  if (Symbol.asyncIterator in input) return { kind: "stream", chunks: input };
  if ("file" in input) return { kind: "file", path: localPath(operation, input.file) };
  if (typeof input.path !== "string") {
    throw wrongArgument(operation, "the path of the archive", "a string", input.path);
  }
  const key = toKey(context.store.bucket, input.path);
  assertObjectKey(key, operation);
  return { kind: "object", key };
}

const isInput: Check = (value) => {
  if (isAsyncIterable(value) === undefined) return undefined;
  const names = isPlainObject(value) ? Object.keys(value).join() : "";
  return names === "file" || names === "path" ? undefined : wanted;
};
