import { s3Limits } from "../../core/limits.ts";
import type { ObjectHead } from "../../core/object-store.ts";

/** An object to be copied, as it was found. What is done to it is judged by a HEAD of its own. */
export interface Candidate {
  readonly key: string;
  readonly sizeBytes: number;
  /** Undefined: not known, as of an inventory without this column. */
  readonly storageClass?: string;
  readonly kmsKeyId?: string;
  /** A lock or a redirect of its own, which a job for many objects cannot keep. */
  readonly isSpecial?: boolean;
}

export function candidateOf(head: ObjectHead): Candidate {
  const {
    key,
    sizeBytes,
    storageClass = "STANDARD",
    kmsKeyId,
    websiteRedirect,
    lockMode,
    legalHold,
  } = head;
  const isSpecial = [websiteRedirect, lockMode, legalHold].some((each) => each !== undefined);
  return {
    key,
    sizeBytes,
    storageClass,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    ...(isSpecial && { isSpecial }),
  };
}

/** Whether one CopyObject is not enough, which is all that S3 Batch Operations has. */
export function isLarge({ sizeBytes }: Pick<Candidate, "sizeBytes">): boolean {
  return sizeBytes > s3Limits.singleCopyBytes;
}

/** What `readJournalLine` gives back; undefined: not what this release writes. */
export function readCandidate(record: unknown): Candidate | undefined {
  if (typeof record !== "object" || record === null) return undefined;
  const { key, sizeBytes } = record as Partial<Candidate>;
  const isCandidate = typeof key === "string" && typeof sizeBytes === "number";
  return isCandidate ? (record as Candidate) : undefined;
}
