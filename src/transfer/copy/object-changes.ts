import type { CopiedExtras } from "../../core/object-extras.ts";
import { StorageError } from "../../core/errors.ts";
import type {
  EncryptionOptions,
  ObjectHead,
  ObjectHeaders,
  ObjectTags,
} from "../../core/object-store.ts";
import { objectHeaders } from "../upload/object-headers.ts";

/** What a copy is to have other than its source; headers and tags that are not named are kept. */
export interface ObjectChanges extends ObjectHeaders {
  readonly tags?: ObjectTags;
}

/** Of a copy onto the object itself, which would else lose it. Locks are the version's own, not the object's. */
export function keptRedirect({ websiteRedirect }: ObjectHead): CopiedExtras {
  return websiteRedirect === undefined ? {} : { websiteRedirect };
}

/** Classes that name a kind of bucket, or that a store has by itself: never asked for. */
const unaskedClasses: ReadonlySet<string> = new Set([
  "STANDARD",
  "EXPRESS_ONEZONE",
  "OUTPOSTS",
  "SNOW",
]);

/** The storage class of the source, which S3 itself does not take over; a given one goes before. */
export function keptClass(
  head: ObjectHead,
  changes: ObjectChanges,
): Pick<ObjectHeaders, "storageClass"> {
  const storageClass = changes.storageClass ?? head.storageClass;
  if (storageClass === undefined) return {};
  const isGiven = changes.storageClass !== undefined;
  return isGiven || !unaskedClasses.has(storageClass) ? { storageClass } : {};
}

/** All headers of the copy. */
export function changedHeaders(head: ObjectHead, changes: ObjectChanges): ObjectHeaders {
  const { storageClass: _, ...own } = objectHeaders(head);
  return {
    ...own,
    ...objectHeaders(changes),
    metadata: { ...head.metadata, ...changes.metadata },
    ...keptClass(head, changes),
  };
}

/** Whether headers or metadata are to be others, so that the store cannot take them over. */
export function changesHeaders(changes: ObjectChanges): boolean {
  const { storageClass: _, ...headers } = objectHeaders(changes);
  return Object.keys(headers).length > 0;
}

/** The encryption that an object has, for a copy onto itself. Throws NotSupported. */
export function keptEncryption(head: ObjectHead): EncryptionOptions {
  switch (head.encryption) {
    case undefined:
      return {};
    case "AES256":
      return { encryption: "AES256" };
    case "aws:kms":
      return {
        encryption: { ...(head.kmsKeyId !== undefined && { kmsKeyId: head.kmsKeyId }) },
      };
    default:
      throw new StorageError(
        "NotSupported",
        `copy: the encryption ${head.encryption} of ${head.key} cannot be kept.`,
        { operation: "copy", key: head.key, remedy: "Choose one for the copy: AES256 or aws:kms." },
      );
  }
}
