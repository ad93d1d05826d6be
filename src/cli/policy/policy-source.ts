import { resolve } from "node:path";
import type { CallerIdentity } from "../../core/bucket-admin.ts";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { policyLimits } from "../../core/policy-limits.ts";
import { openBucketAdmin } from "../../open/open-bucket-admin.ts";
import { configuredBucket, type CommandContext } from "../context.ts";
import { readPlainFile, UnreadableFileError } from "../../server/read-plain-file.ts";
import { UsageError } from "../exit-codes.ts";
import { readText } from "../explain/read-text.ts";
import { remoteLocation } from "../locations.ts";
import { storeListener } from "../store-listener.ts";

/** A policy's text, and where it is from. */
export interface PolicySource {
  /** As it was named. */
  readonly name: string;
  readonly text: string;
  /** Undefined: it is a file's, and no bucket is set. */
  readonly bucket: string | undefined;
  /** Known where a bucket was asked. */
  readonly caller: CallerIdentity | undefined;
}

/** Of a bucket (`s3://BUCKET`, default the configured one), a file, or standard input (`-`). */
export async function readPolicySource(
  context: CommandContext,
  place: string | undefined,
): Promise<PolicySource> {
  if (place === undefined || place.startsWith("s3://")) return ofBucket(context, place);
  const text =
    place === "-"
      ? await readText(context)
      : await readPolicyFile(resolve(context.runtime.cwd, place), place);
  const settings = await context.settings();
  const bucket = bucketNamedBy(text) ?? configuredBucket(settings);
  return { name: place, text: text.trim(), bucket, caller: undefined };
}

async function ofBucket(context: CommandContext, place: string | undefined): Promise<PolicySource> {
  const settings = await context.settings();
  const { bucket } = remoteLocation(place, settings);
  const { onEvent, onExchange } = storeListener(context, settings);
  const listener = { onEvent, ...(onExchange !== undefined && { onExchange }) };
  const { admin } = await openBucketAdmin(settings, listener);
  try {
    const text = await admin.read(bucket, "policy");
    if (text === undefined) {
      throw new StorageError("NotFound", `The bucket ${bucket} has no policy.`, {
        operation: "GetBucketPolicy",
        bucket,
        remedy:
          "A policy of your own is looked at as a file, before it is put: sms-storage policy lint FILE. " +
          `What the set-up would put: sms-storage plan s3://${bucket}`,
      });
    }
    const caller = await admin.getCallerIdentity().catch((error: unknown) => {
      if (isStorageError(error, "NotSupported", "PermissionDenied")) return undefined;
      throw error;
    });
    return { name: `s3://${bucket}`, text, bucket, caller };
  } finally {
    admin.close();
  }
}

async function readPolicyFile(path: string, named: string): Promise<string> {
  try {
    return (await readPlainFile(path, policyLimits.inputBytes)).toString("utf8");
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw new UsageError(
      `${named} cannot be read: ${error.message}.`,
      "Name a file, - for standard input, or a bucket as s3://BUCKET.",
    );
  }
}

/** The bucket of the first resource that names one alone. */
function bucketNamedBy(text: string): string | undefined {
  return /"arn:aws[a-z-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/[^"]*)?"/.exec(text)?.[1];
}
