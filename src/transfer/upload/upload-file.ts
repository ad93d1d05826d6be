import { fileURLToPath } from "node:url";
import { assertObjectKey } from "../../core/object-key.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { UploadFileOptions, UploadOptions, UploadStreamOptions } from "../transfer-options.ts";
import type { WrittenObject } from "../written-object.ts";
import { inScope } from "../operation-scope.ts";
import { modifiedMetadata } from "../modified-time.ts";
import { memorySource } from "./byte-source.ts";
import { FileSource } from "./file-source.ts";
import { readSmallFile } from "./read-small-file.ts";
import { uploadSource } from "./upload-object.ts";
import { withMediaType } from "./with-media-type.ts";
import { uploadStream } from "./upload-stream.ts";

const operation = "uploadFile";

/**
 * A file to one object, in parts where it is large. One that says that it is empty and is not, as
 * those in /proc, is read to its end. Throws StorageError.
 */
export async function uploadFile(
  context: TransferContext,
  filePath: string | URL,
  key: string,
  { keepModifiedTime = false, ...options }: UploadFileOptions = {},
): Promise<WrittenObject> {
  const localPath = typeof filePath === "string" ? filePath : fileURLToPath(filePath);
  assertObjectKey(key, operation);
  const typedOptions = (mtimeNs: bigint): Promise<UploadOptions> => {
    const takesTime = context.store.capabilities.userMetadata === "yes";
    const time = keepModifiedTime && takesTime ? modifiedMetadata(mtimeNs) : {};
    const timed = { ...options, metadata: { ...time, ...options.metadata } };
    return withMediaType(timed, { fileName: localPath, key });
  };
  return inScope(operation, options, async (scope) => {
    const { disk, smallBuffers } = context;
    const small = disk.try(() => readSmallFile(localPath, smallBuffers));
    if (small !== undefined) {
      try {
        const typed = await typedOptions(small.mtimeNs);
        const source = memorySource(small.bytes);
        return await uploadSource(context, { source, key, options: typed, scope });
      } finally {
        smallBuffers.give(small.bytes);
      }
    }
    const source = await FileSource.open(localPath, context.partMemory);
    try {
      const typed = await typedOptions(BigInt(source.origin.identity.mtimeNs));
      return (await source.hasUnsaidBytes())
        ? await uploadStream(context, source.stream(), key, asStreamOptions(typed))
        : await uploadSource(context, { source, key, options: typed, scope });
    } finally {
      await source.close();
    }
  });
}

/** How much is still to come is not known. */
function asStreamOptions({
  onProgress,
  onNotice: _nothingToResume,
  ...options
}: UploadOptions): UploadStreamOptions {
  if (onProgress === undefined) return options;
  return {
    ...options,
    onProgress: ({ doneBytes }) => onProgress({ doneBytes, totalBytes: doneBytes }),
  };
}
