import {
  checkArgument,
  isFilledText,
  type OptionChecks,
  ownOptions,
} from "../core/check-options.ts";
import { countOf } from "../core/count-of.ts";
import { StorageError } from "../core/errors.ts";
import type { Settings } from "../settings/settings.ts";
import type { SetupSession } from "../open/setup-session.ts";
import { openObjectStore } from "../open/open-object-store.ts";
import { inSession, setupCallChecks, type SetupCallOptions } from "./setup-options.ts";

/** How a set-up is taken back. */
export interface TeardownOptions extends Omit<SetupCallOptions, "envFile"> {
  /** The bucket's name again. */
  readonly confirm: string;
  /** Where copies of its policy and lifecycle rules go. Default: `backups` of the user's data folder. */
  readonly backupFolder?: string;
}

const { envFile: _none, ...callChecks } = setupCallChecks;
const teardownChecks: OptionChecks<TeardownOptions> = {
  ...callChecks,
  confirm: isFilledText,
  backupFolder: isFilledText,
};

/** What was removed. */
export interface TeardownResult {
  readonly bucket: string;
  /** Paths of the copies of its documents. */
  readonly kept: readonly string[];
}

/**
 * Removes a bucket that holds nothing, with its settings: no object, older version, delete marker or
 * unfinished upload. Throws Conflict for one that holds anything, NotFound, PermissionDenied.
 *
 * @example
 * await teardown("my-lab-scratch", { confirm: "my-lab-scratch" });
 */
export async function teardown(bucket: string, options: TeardownOptions): Promise<TeardownResult> {
  const given = ownOptions(options);
  checkArgument("teardown", "the bucket", bucket, isFilledText);
  checkArgument("teardown", "the option confirm", given?.confirm, (value) =>
    value === bucket ? undefined : `the bucket's name again, ${bucket}`,
  );
  return inSession("teardown", given, teardownChecks, (settings) => {
    return Promise.resolve(async (session) => tearDown(session, settings, { ...given, bucket }));
  });
}

type Named = TeardownOptions & { readonly bucket: string };

async function tearDown(
  session: SetupSession,
  settings: Settings,
  options: Named,
): Promise<TeardownResult> {
  const { bucket } = options;
  // Says the owner, as the calls of the data plane do not.
  await session.assertOwn(bucket, "teardown");
  await assertEmpty(settings, bucket, options);
  const kept = await session.keepDocuments(bucket);
  const { openBucketService } = await import("../open/open-bucket-service.ts");
  const service = openBucketService(settings);
  try {
    await service.deleteBucket(bucket, { ...(options.signal && { signal: options.signal }) });
  } finally {
    await service.close();
  }
  return { bucket, kept };
}

async function assertEmpty(
  settings: Settings,
  bucket: string,
  { signal = new AbortController().signal }: TeardownOptions,
): Promise<void> {
  const { countContents } = await import("../transfer/versions/bucket-contents.ts");
  const store = await openObjectStore(settings, { bucket });
  try {
    const { versions, deleteMarkers, uploads } = await countContents(store, { signal });
    if (versions + deleteMarkers + uploads === 0) return;
    const held = [
      countOf(versions, "object or version", "objects and versions"),
      countOf(deleteMarkers, "delete marker"),
      countOf(uploads, "unfinished upload"),
    ];
    throw new StorageError("Conflict", `teardown: ${bucket} holds ${held.join(", ")}.`, {
      operation: "teardown",
      bucket,
      remedy: "Delete all of it first, older versions too; nothing was removed.",
    });
  } finally {
    await store.close();
  }
}
