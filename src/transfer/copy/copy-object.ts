import { replaceWhenRefused } from "../replace-object.ts";
import { toEncryption, type TransferContext } from "../transfer-context.ts";
import type { CopyFileOptions } from "../transfer-options.ts";
import { inScope } from "../operation-scope.ts";
import type { WrittenObject } from "../written-object.ts";
import { objectHeaders } from "../upload/object-headers.ts";
import { copyAnySize } from "./copy-any-size.ts";
import { changesHeaders, keptEncryption } from "./object-changes.ts";

export interface CopiedObject extends WrittenObject {
  readonly sourceEtag: string;
}

/**
 * One object to another key, on the store's side; what is there is replaced as by an upload. A copy
 * onto itself has to change something, as S3 demands. Throws NotFound, AlreadyExists.
 */
export async function copyObject(
  context: TransferContext,
  from: string,
  to: string,
  options: CopyFileOptions = {},
): Promise<CopiedObject> {
  return inScope("copy", options, async (scope) => {
    const { ifAbsent, versionId, sourceStore = context.store } = options;
    const version = versionId !== undefined && { versionId };
    const head = await sourceStore.headObject(from, { ...version, signal: scope.signal });
    const isOntoItself = from === to && sourceStore.bucket === context.store.bucket;
    const keepsEncryption = isOntoItself && options.sse === undefined;
    const encryption = keepsEncryption ? keptEncryption(head) : toEncryption(context, options.sse);
    const changes = { ...objectHeaders(options), ...(options.tags && { tags: options.tags }) };
    const source = {
      from,
      head,
      sourceStore,
      scope,
      encryption,
      changes,
      replacesHeaders: isOntoItself || changesHeaders(changes),
      ...version,
    };
    const put = await replaceWhenRefused(context, {
      operation: "copy",
      key: to,
      sizeBytes: head.sizeBytes,
      conditions: ifAbsent === undefined ? {} : { ifAbsent },
      replace: options.replace,
      encryption,
      scope,
      write: (key, conditions) => copyAnySize(context, { ...source, to: key, conditions }),
    });
    return { key: to, sizeBytes: head.sizeBytes, put, sourceEtag: head.etag };
  });
}
