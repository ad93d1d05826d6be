import { bucketNameProblem, proposedBucketName } from "../core/bucket-name.ts";
import type { Blocker, Note } from "./aspect.ts";
import { isAws, type DesiredState } from "./desired-state.ts";
import type { ObservedState } from "./observed-state.ts";
import { isLocalRegion } from "./qumulo-lacks.ts";

/** Why this bucket must not be touched. A bucket that may not be seen is never taken for absent. */
export function bucketBlockers(desired: DesiredState, observed: ObservedState): Blocker[] {
  const { presence } = observed;
  const blockers = ownerBlockers(desired, observed);
  if (presence.state === "forbidden") {
    blockers.push({
      code: "bucket-forbidden",
      message: `The bucket ${desired.bucket} exists, but it is another account's or you may not see it (403).`,
      remedy: "Check the name and the account you are signed in to, or ask for s3:ListBucket.",
    });
  }
  if (presence.state === "absent") blockers.push(...nameBlockers(desired, observed));
  const region = "region" in presence ? presence.region : undefined;
  const elsewhere =
    region !== undefined && region !== desired.region && !isLocalRegion(desired, region);
  if (presence.state === "elsewhere" || (presence.state === "present" && elsewhere)) {
    blockers.push({
      code: "bucket-elsewhere",
      message: `The bucket ${desired.bucket} is in ${region ?? "another region"}, not in ${desired.region}.`,
      remedy: `Set STORAGE_S3_REGION=${region ?? "<its region>"}, or choose another name.`,
    });
  }
  return blockers;
}

function ownerBlockers(desired: DesiredState, observed: ObservedState): Blocker[] {
  const { caller } = observed;
  const { ownerAccountId } = desired;
  if (ownerAccountId === undefined || caller === undefined || caller.accountId === ownerAccountId) {
    return [];
  }
  return [
    {
      code: "owner",
      message: `You are signed in to account ${caller.accountId}; the bucket is to belong to ${ownerAccountId}.`,
      remedy: "Choose the profile of that account, or correct the owner.",
    },
  ];
}

function nameBlockers(desired: DesiredState, observed: ObservedState): Blocker[] {
  // Stores that know looser names have to be told to allow them; a new bucket needs none.
  const problem =
    bucketNameProblem(desired.bucket, "aws") ?? regionalNameProblem(desired, observed);
  if (problem === undefined) return [];
  return [
    {
      code: "bucket-name",
      message: `The bucket name ${JSON.stringify(desired.bucket)} ${problem}.`,
      remedy: nameRemedy(desired),
    },
  ];
}

function nameRemedy({ bucket }: DesiredState): string {
  const proposed = proposedBucketName(bucket);
  const such = proposed === undefined || proposed === bucket ? "" : `, such as ${proposed}`;
  return `Choose 3 to 63 lower-case letters, digits and hyphens${such}.`;
}

function regionalNameProblem(desired: DesiredState, observed: ObservedState): string | undefined {
  if (desired.namespace !== "account-regional") return undefined;
  const accountId = desired.ownerAccountId ?? observed.caller?.accountId ?? "<account>";
  const suffix = `-${accountId}-${desired.region}-an`;
  if (accountId === "<account>" || desired.bucket.endsWith(suffix)) return undefined;
  return `must end in ${suffix} to be of your account's own names`;
}

/** What is worth knowing of a bucket to be made. */
export function bucketNotes(desired: DesiredState, observed: ObservedState): Note[] {
  const notes: Note[] = [];
  const warn = (text: string) => notes.push({ level: "warning", text });
  if (isAws(desired) && desired.namespace === "global" && isPredictable(desired.bucket)) {
    warn(
      "The name can be guessed, and names are shared by all accounts: somebody else may take it first." +
        " Prefer one with a random ending or of your account's own names (-<account>-<region>-an).",
    );
  }
  if (isAws(desired) && desired.bucket.includes(".")) {
    warn("A dot in the name breaks TLS with bucket host names; path-style addresses are needed.");
  }
  if (observed.caller === undefined && desired.ownerAccountId === undefined) {
    warn("The store does not say whose account this is, so the bucket's owner is not checked.");
  }
  return notes;
}

/** A bucket that is there may be another account's that gave us access. */
export function adoptionNotes(desired: DesiredState): Note[] {
  if (!isAws(desired) || desired.ownerAccountId !== undefined) return [];
  const text = "Whose bucket this is was not checked; name the account that it must belong to.";
  return [{ level: "warning", text }];
}

/** A date, or words alone: nothing in it that a stranger could not guess. */
function isPredictable(bucket: string): boolean {
  return !bucket.split(/[-.]/).some(isUnguessable);
}

/** An account id, or digits and letters mixed. */
function isUnguessable(part: string): boolean {
  return /^\d{12}$/.test(part) || (part.length >= 6 && /\d/.test(part) && /[a-z]/.test(part));
}
