import type { ObjectHead } from "../../core/object-store.ts";
import { archivedClasses } from "../../core/storage-classes.ts";

/**
 * How an object stands to the move to SSE-S3. `kms`: it is to be copied. `archived`: the same, but its
 * bytes have to be restored first. `plain`: it is under SSE-S3. `untold`: not encrypted, or the store
 * does not say.
 */
export type EncryptionKind = "kms" | "archived" | "plain" | "untold";

export function encryptionKind(
  head: Pick<ObjectHead, "encryption" | "storageClass">,
): EncryptionKind {
  if (head.encryption === undefined) return "untold";
  if (!head.encryption.startsWith("aws:kms")) return "plain";
  return archivedClasses.has(head.storageClass ?? "") ? "archived" : "kms";
}
