import { constants } from "node:buffer";
import { StorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { TransferContext } from "../transfer-context.ts";
import { isMissingObject } from "../objects/object-exists.ts";
import type { ContentsOptions } from "../transfer-options.ts";
import { inScope } from "../operation-scope.ts";
import { resumedBody } from "./resumed-body.ts";
import { WholeCheck } from "./whole-check.ts";

const operation = "getFileContents";

/** The whole object in memory, verified; null when it is proven to be missing. */
export async function readContents(
  context: TransferContext,
  key: string,
  options: ContentsOptions = {},
): Promise<Uint8Array | null> {
  assertObjectKey(key, operation);
  const { store } = context;
  const { versionId, onProgress } = options;
  return inScope(operation, options, async ({ signal }) => {
    try {
      const { head, body } = await store.getObject(key, {
        verify: false,
        signal,
        ...(versionId !== undefined && { versionId }),
      });
      if (head.sizeBytes > constants.MAX_LENGTH) {
        await body[Symbol.asyncIterator]().return?.();
        throw tooLarge(store.bucket, key, head.sizeBytes);
      }
      const lengthBytes = head.sizeBytes;
      const contents = Buffer.allocUnsafe(lengthBytes);
      const check = new WholeCheck(context, head);
      let filled = 0;
      const chunks = resumedBody({
        store,
        head,
        versionId,
        first: 0,
        lengthBytes,
        opened: body,
        signal,
      });
      for await (const chunk of chunks) {
        check.update(chunk);
        contents.set(chunk, filled);
        filled += chunk.length;
        onProgress?.({ doneBytes: filled, totalBytes: lengthBytes });
      }
      check.finish(operation);
      return contents;
    } catch (error) {
      if (isMissingObject(error)) return null;
      throw error;
    }
  });
}

function tooLarge(bucket: string, key: string, sizeBytes: number): StorageError {
  return new StorageError(
    "InvalidArgument",
    `${key} has ${sizeBytes} bytes, too many for memory.`,
    {
      operation,
      bucket,
      key,
      remedy: "Use downloadFile or read it in ranges.",
    },
  );
}
