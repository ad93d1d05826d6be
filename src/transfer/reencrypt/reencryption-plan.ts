import { countOf } from "../../core/count-of.ts";
import { s3Limits } from "../../core/limits.ts";
import type { Tally } from "./tally.ts";

/** What was read of the bucket; `unknown`: it may not be read. */
export interface BucketFacts {
  /** Of new objects: `AES256`, `aws:kms`, ... */
  readonly defaultEncryption: string;
  readonly versioning: "Enabled" | "Suspended" | "never" | "unknown";
  readonly aclsCount: boolean | "unknown";
  /** Days until the lifecycle deletes older versions everywhere in the bucket. */
  readonly noncurrentDays: number | "never" | "unknown";
}

export interface ReencryptionWishes {
  readonly maxObjects: number;
  /** Undefined: no bound, since the store moves the bytes itself. */
  readonly maxBytes: number | undefined;
}

/** What copying will do and take; plain data. */
export interface ReencryptionPlan {
  readonly objects: number;
  readonly bytes: number;
  readonly byKey: Tally["byKey"];
  readonly byClass: Tally["byClass"];
  /** `job`: too many for one machine; manifests and jobs of S3 Batch Operations are written. */
  readonly way: "nothing" | "copy" | "job";
  readonly requests: {
    readonly head: number;
    /** CopyObject, and of large objects CreateMultipartUpload, UploadPartCopy, CompleteMultipartUpload. */
    readonly copy: number;
    readonly acl: number;
    /** Calls of kms:Decrypt at most; with bucket keys they are fewer. */
    readonly kmsDecrypt: number;
  };
  /** New versions that are made, and the bytes of old ones that are stored beside them. */
  readonly versions: number;
  readonly storedTwiceBytes: number;
  readonly notes: readonly PlanNote[];
}

interface PlanNote {
  readonly level: "info" | "warning";
  readonly text: string;
}

export function reencryptionPlan(
  tally: Tally,
  facts: BucketFacts,
  { maxObjects, maxBytes = Number.POSITIVE_INFINITY }: ReencryptionWishes,
): ReencryptionPlan {
  const { kms, large, byKey, byClass } = tally;
  const isTooMuch = kms.objects > maxObjects || kms.bytes > maxBytes;
  const isWork = kms.objects > 0;
  const partCopies = Math.ceil(large.bytes / (s3Limits.singleCopyBytes / 10)) + large.objects;
  const makesVersions = facts.versioning === "Enabled";
  return {
    objects: kms.objects,
    bytes: kms.bytes,
    byKey,
    byClass,
    way: isWork ? (isTooMuch ? "job" : "copy") : "nothing",
    requests: {
      head: kms.objects + 2 * large.objects + (isWork ? 1 : 0),
      copy: kms.objects - large.objects + partCopies + 2 * large.objects,
      acl: facts.aclsCount === true ? kms.objects : 0,
      kmsDecrypt: kms.objects - large.objects + partCopies + 2 * large.objects,
    },
    versions: makesVersions ? kms.objects : 0,
    storedTwiceBytes: makesVersions ? kms.bytes : 0,
    notes: isWork ? [...versionNotes(facts), ...settingNotes(facts), ...keptNotes()] : [],
  };
}

function versionNotes({ versioning, noncurrentDays }: BucketFacts): PlanNote[] {
  if (versioning === "never") {
    return [info("The bucket has no versions: each copy takes the place of its object for good.")];
  }
  if (versioning === "unknown") {
    return [warning("Whether the bucket keeps versions may not be read; if so, old ones stay.")];
  }
  if (versioning === "Suspended") {
    const text =
      "Versioning is suspended: copies have the version null; versions from before stay under KMS.";
    return [info(text)];
  }
  const until = {
    never: "until somebody deletes them: no lifecycle rule does",
    unknown: "until the lifecycle, which may not be read, deletes them",
  };
  const end =
    typeof noncurrentDays === "number"
      ? `for ${countOf(noncurrentDays, "day")} more, until the lifecycle deletes them`
      : until[noncurrentDays];
  const text =
    `Each copy is a new version. The old ones stay under their key and are paid for ${end}; ` +
    "keep the key until then. --versions counts those that are there already.";
  return [noncurrentDays === "never" ? warning(text) : info(text)];
}

function settingNotes({ defaultEncryption, aclsCount }: BucketFacts): PlanNote[] {
  const notes: PlanNote[] = [];
  if (defaultEncryption.startsWith("aws:kms")) {
    const text =
      "New objects still go under KMS, the bucket's default. Change that first: sms-storage setup.";
    notes.push(warning(text));
  }
  if (aclsCount === "unknown") {
    const text =
      "Whether ACLs of objects count may not be read (s3:GetBucketOwnershipControls); those of copies " +
      "are as of new objects.";
    notes.push(warning(text));
  }
  return notes;
}

function keptNotes(): PlanNote[] {
  return [
    info(
      "Kept: headers, metadata (its mtime too), tags, storage class, website redirect, retention, legal " +
        "hold, ACL where ACLs count. Not kept, as S3 sets them itself: Last-Modified, which is the time " +
        "of the copy, and ETag. Each copy is an event of its own (ObjectCreated:Copy) and is replicated.",
    ),
  ];
}

function info(text: string): PlanNote {
  return { level: "info", text };
}

function warning(text: string): PlanNote {
  return { level: "warning", text };
}
