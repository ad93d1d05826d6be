import { isStorageError, StorageError } from "../../core/errors.ts";
import type { ObjectAcls } from "../../core/object-acls.ts";
import type { ObjectHead, ObjectStore, PutResult } from "../../core/object-store.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import { copyAnySize } from "../copy/copy-any-size.ts";
import { explainedHead, isUnderOwnKey } from "../objects/explained-head.ts";
import { inScope } from "../operation-scope.ts";
import type { TransferContext } from "../transfer-context.ts";
import { isLarge } from "./candidate.ts";
import { encryptionKind } from "./encryption-kind.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { keptExtras } from "./kept-extras.ts";

/** What came of one object. */
export type Reencrypted =
  | { readonly kind: "copied"; readonly put: PutResult; readonly sizeBytes: number }
  /** It is no longer what was found: under SSE-S3 already, gone, archived, under a customer's key. */
  | { readonly kind: "already" | "gone" | "archived" | "own-key" };

/** Where and with what objects are copied. */
export interface Reencryption {
  readonly context: TransferContext;
  /** Undefined: ACLs do not count in this bucket. */
  readonly acls: ObjectAcls | undefined;
  readonly now: () => Date;
}

/**
 * Copies one object onto itself under SSE-S3, on the store's side: of exactly the object that a HEAD
 * saw, and only as long as it is still the one. Headers, metadata, tags, storage class, redirect, lock
 * and, where they count, ACL are as before; ETag and Last-Modified cannot be. Begins again when
 * somebody replaced it meanwhile. Throws StorageError with the missing permission in its remedy.
 */
export async function reencryptObject(
  reencryption: Reencryption,
  key: string,
  signal: AbortSignal,
): Promise<Reencrypted> {
  const { store } = reencryption.context;
  return inScope("re-encrypt", { signal }, async (scope) => {
    for (let attempt = 0; attempt < reencryptLimits.attempts; attempt += 1) {
      const head = await currentHead(store, key, scope.signal);
      if (typeof head === "string") return { kind: head };
      const put = await copyOnto(reencryption, head, scope.signal);
      if (put !== undefined) return { kind: "copied", put, sizeBytes: head.sizeBytes };
    }
    throw new StorageError("Conflict", `${key} is replaced again and again while it is copied.`, {
      operation: "re-encrypt",
      bucket: store.bucket,
      key,
      retryable: true,
      remedy: "Run it again once its writer is done; what was written is untouched.",
    });
  });
}

/** The object, or why there is nothing to copy. */
async function currentHead(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
): Promise<ObjectHead | Exclude<Reencrypted["kind"], "copied">> {
  try {
    const head = await explainedHead(store, key, { checksum: false, signal });
    const kind = encryptionKind(head);
    if (kind === "archived") return kind;
    if (kind !== "kms") return "already";
    // A copy in parts is proven by the source's checksum.
    return isLarge(head) ? await store.headObject(key, { ifMatch: head.etag, signal }) : head;
  } catch (error) {
    if (isUnderOwnKey(error)) return "own-key";
    if (isStorageError(error, "NotFound")) return "gone";
    throw explainRefusal(error, { bucket: store.bucket, key });
  }
}

/** Undefined: it is another object by now. */
async function copyOnto(
  { context, acls, now }: Reencryption,
  head: ObjectHead,
  signal: AbortSignal,
): Promise<PutResult | undefined> {
  const { store } = context;
  const { key, kmsKeyId } = head;
  try {
    const acl = await acls?.read(key);
    return await copyAnySize(context, {
      from: key,
      to: key,
      head,
      scope: { signal },
      encryption: { encryption: "AES256" },
      // The source's condition is judged when the copy begins, this one when it ends.
      ...(store.capabilities.conditionalWrites !== "no" && { conditions: { ifMatch: head.etag } }),
      extras: keptExtras(head, acl, now()),
    });
  } catch (error) {
    if (isStorageError(error, "PreconditionFailed", "NotFound")) return undefined;
    throw explainRefusal(error, {
      bucket: store.bucket,
      key,
      ...(kmsKeyId !== undefined && { kmsKeyId }),
    });
  }
}
