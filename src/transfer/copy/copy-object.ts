import { StorageError } from "../../core/errors.ts";
import { s3Limits } from "../../core/limits.ts";
import type { ListedObject } from "../../core/object-store.ts";
import { objectExists } from "../objects/object-exists.ts";
import { neededHead } from "../objects/explained-head.ts";
import { replaceWhenRefused } from "../replace/replace-object.ts";
import { toEncryption, type TransferContext } from "../transfer-context.ts";
import type { CopyFileOptions } from "../transfer-options.ts";
import { inScope, type OperationScope } from "../operation-scope.ts";
import type { WrittenObject } from "../written-object.ts";
import { objectHeaders } from "../upload/object-headers.ts";
import { copyAnySize } from "./copy-any-size.ts";
import { changesHeaders, keptEncryption } from "./object-changes.ts";

/** What a listing tells of an object. */
export type ListedFacts = Pick<
  ListedObject,
  "sizeBytes" | "etag" | "lastModified" | "storageClass"
>;

/** One CopyObject takes over what a listing does not tell; all else has to be asked for. */
function isEnough(
  { sizeBytes, etag }: ListedFacts,
  { replacesHeaders, versionId }: { replacesHeaders: boolean; versionId: string | undefined },
): boolean {
  const isOne = sizeBytes <= s3Limits.singleCopyBytes && etag !== "";
  return isOne && !replacesHeaders && versionId === undefined;
}

export interface CopiedObject extends WrittenObject {
  readonly sourceEtag: string;
}

/**
 * One object to another key, on the store's side; what is there is replaced as by an upload. A copy
 * onto itself has to change something, as S3 demands. `listed`: of the source; it can save a HEAD.
 * Throws NotFound, AlreadyExists.
 */
export async function copyObject(
  context: TransferContext,
  from: string,
  to: string,
  options: CopyFileOptions = {},
  listed?: ListedFacts,
): Promise<CopiedObject> {
  return inScope("copy", options, async (scope) => {
    const { ifAbsent, versionId, sourceStore = context.store } = options;
    const version = versionId !== undefined && { versionId };
    const isOntoItself = from === to && sourceStore.bucket === context.store.bucket;
    const changes = { ...objectHeaders(options), ...(options.tags && { tags: options.tags }) };
    const replacesHeaders = isOntoItself || changesHeaders(changes);
    const isTold = listed !== undefined && isEnough(listed, { replacesHeaders, versionId });
    const head = isTold
      ? { ...listed, key: from, metadata: {} }
      : await neededHead(sourceStore, from, { ...version, signal: scope.signal });
    const keepsEncryption = isOntoItself && options.sse === undefined;
    if (ifAbsent === true) await assertAbsent(context, to, scope);
    const encryption = keepsEncryption ? keptEncryption(head) : toEncryption(context, options.sse);
    const source = {
      from,
      head,
      sourceStore,
      scope,
      encryption,
      changes,
      replacesHeaders,
      onProgress: options.onProgress,
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

/**
 * Not every store looks at the condition of a copy (Ceph of Debian 12 writes over what is there), and
 * then nothing but a look before can tell.
 */
async function assertAbsent(
  { store }: TransferContext,
  key: string,
  { signal }: OperationScope,
): Promise<void> {
  if (store.capabilities.conditionalWrites === "yes") return;
  if (!(await objectExists(store, key, { signal }))) return;
  const message = `copy: ${key} exists already in ${store.bucket}.`;
  throw new StorageError("AlreadyExists", message, {
    operation: "copy",
    bucket: store.bucket,
    key,
    remedy: "Choose another key, or leave ifAbsent out to replace the object.",
  });
}
