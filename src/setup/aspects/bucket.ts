import type { CreateBucketInput } from "../../core/bucket-admin.ts";
import type { EdgeTools } from "../../core/edge-tools.ts";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { restateError } from "../../core/restate-error.ts";
import { setupLimits } from "../../core/setup-limits.ts";
import type { SetupTarget } from "../aspect.ts";
import { defineAspect, type Draft } from "../define-aspect.ts";
import type { DesiredState } from "../desired-state.ts";
import type { ObservedState } from "../observed-state.ts";
import { adoptionNotes, bucketBlockers, bucketNotes } from "../safety.ts";

/** The guide's step 2. HeadBucket comes first: re-creating one's own bucket resets its ACLs. */
export const bucketAspect = defineAspect<CreateBucketInput>({
  name: "bucket",
  title: "Bucket",
  needsBucket: false,
  essential: true,
  unmanaged: () => false,
  read: async (target, desired) => {
    const presence = await target.admin.headBucket(desired.bucket);
    return presence.state === "absent" ? undefined : wantedBucket(desired);
  },
  draft: (desired, _current, observed) => draftBucket(desired, observed),
  put: createAndWait,
  // Its settings are the other aspects' affair; here it is only there or not.
  normalize: ({ bucket }) => bucket,
});

function wantedBucket(desired: DesiredState): CreateBucketInput {
  const { bucket, region, namespace } = desired;
  return { bucket, region, ...(namespace !== "global" && { namespace }) };
}

function draftBucket(desired: DesiredState, observed: ObservedState): Draft<CreateBucketInput> {
  const blockers = bucketBlockers(desired, observed);
  const document = wantedBucket(desired);
  if (observed.presence.state !== "absent") {
    const region = "region" in observed.presence ? observed.presence.region : undefined;
    const where = region === undefined ? "" : ` in ${region}`;
    return {
      document,
      changes: [],
      notes: adoptionNotes(desired),
      blockers,
      summary: `${desired.bucket} is there${where}`,
    };
  }
  return {
    document,
    changes: [
      {
        action: "add",
        item: `Bucket ${desired.bucket}`,
        after: document,
        why: "HeadBucket finds no bucket of this name",
      },
    ],
    notes: bucketNotes(desired, observed),
    blockers,
    summary: `create ${desired.bucket} in ${desired.region}`,
  };
}

async function createAndWait(
  target: SetupTarget,
  desired: DesiredState,
  document: CreateBucketInput,
  tools: EdgeTools,
): Promise<void> {
  try {
    await target.admin.createBucket(document);
  } catch (error) {
    // An earlier attempt made the bucket and its answer came too late. Another account's bucket
    // stays an error.
    const alreadyOurs =
      isStorageError(error, "AlreadyExists") && error.s3Code === "BucketAlreadyOwnedByYou";
    if (!alreadyOurs) throw explainNamespace(explainTaken(error, desired), desired);
  }
  await waitUntilSettled(target, desired, tools);
}

function explainTaken(error: unknown, desired: DesiredState): unknown {
  if (!isStorageError(error, "AlreadyExists")) return error;
  return new StorageError(
    "AlreadyExists",
    `The bucket name ${desired.bucket} is taken by another account; names are shared by all.`,
    {
      operation: "CreateBucket",
      bucket: desired.bucket,
      remedy:
        "Choose a name that is yours alone, such as one with your account id or a random ending.",
      cause: error,
      ...(error.s3Code !== undefined && { s3Code: error.s3Code }),
      ...(error.status !== undefined && { status: error.status }),
    },
  );
}

/**
 * A store or partition without account-regional names. Another name is never taken unasked: the plan
 * showed this one, and programs are told of it.
 */
function explainNamespace(error: unknown, { bucket, namespace }: DesiredState): unknown {
  if (namespace !== "account-regional" || !isStorageError(error)) return error;
  if (!namespaceRefusals.has(error.s3Code ?? "")) return error;
  const prefix = bucket.replace(/-\d{12}-[a-z0-9-]+-an$/, "");
  return restateError(error, {
    message: `There are no account-regional bucket names here, so ${bucket} was refused: ${error.message}`,
    remedy:
      "Take a name that all accounts share, with an ending that nobody guesses: " +
      `sms-storage setup --bucket "${prefix}-$(openssl rand -hex 4)"`,
  });
}

const namespaceRefusals: ReadonlySet<string> = new Set([
  "InvalidArgument",
  "InvalidBucketName",
  "InvalidBucketNamespace",
  "InvalidRequest",
  "NotImplemented",
]);

/** A new bucket may come and go for a while, so several good answers in a row are asked for. */
async function waitUntilSettled(
  target: SetupTarget,
  desired: DesiredState,
  tools: EdgeTools,
): Promise<void> {
  let successes = 0;
  for (let attempt = 0; attempt < setupLimits.headAttempts; attempt += 1) {
    const { state } = await target.admin.headBucket(desired.bucket);
    successes = state === "present" ? successes + 1 : 0;
    if (successes >= setupLimits.headSuccesses) return;
    if (state !== "present") await tools.sleep(setupLimits.headWaitMs);
  }
  throw new StorageError("Timeout", `The new bucket ${desired.bucket} does not show up.`, {
    operation: "CreateBucket",
    bucket: desired.bucket,
    outcome: "applied",
    retryable: true,
    remedy: "Run the set-up again in a minute; it goes on where it stopped.",
  });
}
