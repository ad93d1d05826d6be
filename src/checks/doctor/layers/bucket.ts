import type { BucketPresence } from "../../../core/bucket-admin.ts";
import { bucketNameProblem } from "../../../core/bucket-name.ts";
import { findPartition } from "../../../core/partition.ts";
import { takeReading } from "../../../core/reading.ts";
import { fine, idle, type Examination, type Layer, type LayerOutcome, trouble } from "../layer.ts";
import { seen, symptomOf } from "../symptom.ts";

/** HEAD first, which tells the region even in a refusal; then GET, whose refusals have a code. */
export const bucketLayer: Layer = {
  name: "bucket",
  title: "Bucket: there, ours, in this region",
  examine: async (examination) => {
    const { sources, facts } = examination;
    if (facts.bucket === undefined) return idle("no bucket is set");
    const presence = await (await sources.admin()).headBucket(facts.bucket);
    const region = "region" in presence ? presence.region : undefined;
    if (region !== undefined) facts.bucketRegion = region;
    return judge(presence, facts.bucket, examination);
  },
};

async function judge(
  presence: BucketPresence,
  bucket: string,
  examination: Examination,
): Promise<LayerOutcome> {
  const tried = `Ask for the bucket ${bucket}`;
  if (presence.state === "present") return judgeRegion(tried, presence.region, examination);
  if (presence.state === "absent") return judgeAbsent(tried, bucket);
  if (presence.state === "elsewhere") return whyElsewhere(tried, presence.region, examination);
  return whyForbidden(tried, examination);
}

/** Some stores serve a bucket of any region to whoever signs for their own; AWS does not. */
function judgeRegion(
  tried: string,
  region: string | undefined,
  { facts }: Examination,
): LayerOutcome {
  if (facts.store === "qumulo" || region === undefined) return fine(`${facts.bucket} is there`);
  const areOfAws = [region, facts.region].every((each) => findPartition(each) !== undefined);
  if (!areOfAws || region === facts.region) return fine(`${facts.bucket} is there, in ${region}`);
  const message =
    `The bucket is in ${region}; the settings say ${facts.region}. It is served here even so: ` +
    "AWS would send the request away.";
  return trouble(seen("WrongRegion", tried, message, { Region: region }));
}

function judgeAbsent(tried: string, bucket: string): LayerOutcome {
  const problem = bucketNameProblem(bucket, "aws");
  const message = "The store answers 404: there is no such bucket.";
  if (problem === undefined) {
    return trouble({ ...seen("NoSuchBucket", tried, message), status: 404 });
  }
  const words = `${message} On AWS none can be: its name ${problem}.`;
  return trouble({ ...seen("InvalidBucketName", tried, words), status: 404 });
}

/** HEAD has no code; a GET tells whether the signature or the endpoint is of another region. */
async function whyElsewhere(
  tried: string,
  region: string | undefined,
  { sources, facts }: Examination,
): Promise<LayerOutcome> {
  const { bucket = "" } = facts;
  try {
    await (await sources.admin()).read(bucket, "versioning");
  } catch (error) {
    const symptom = symptomOf(error, tried);
    const details = { ...(region !== undefined && { Region: region }), ...symptom.details };
    if (regionCodes.has(symptom.code ?? "")) return trouble({ ...symptom, details });
  }
  const details = region === undefined ? {} : { Region: region };
  const message = `The bucket is in ${region ?? "another region"}, not in ${facts.region}.`;
  return trouble({ ...seen("PermanentRedirect", tried, message, details), status: 301 });
}

const regionCodes: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  "PermanentRedirect",
  "TemporaryRedirect",
]);

/** A refused HEAD has no words; it asks for the permission of a listing, which has. */
async function whyForbidden(tried: string, examination: Examination): Promise<LayerOutcome> {
  const { sources, call } = examination;
  const stranger = await whoseElse(tried, examination);
  if (stranger !== undefined) return stranger;
  await readPolicy(examination);
  try {
    await (await sources.store()).listObjects({ maxKeys: 1, ...call });
  } catch (error) {
    return trouble(symptomOf(error, tried));
  }
  const message = "HeadBucket is refused (403), although the bucket can be listed.";
  return trouble({ ...seen("AccessDenied", tried, message), status: 403 });
}

/** What is there for whoever asks without an expected owner is another's. */
async function whoseElse(
  tried: string,
  { sources, facts }: Examination,
): Promise<LayerOutcome | undefined> {
  const { bucket = "", expectedOwner } = facts;
  if (expectedOwner === undefined) return undefined;
  const presence = await (await sources.adminOfAnyOwner()).headBucket(bucket);
  if (presence.state !== "present") return undefined;
  const message =
    `The bucket is not of account ${expectedOwner}: it is refused where that owner is expected, and ` +
    "answers where none is.";
  return trouble({ ...seen("WrongOwner", tried, message), status: 403 });
}

/** Whose statement it was shows in the policy, where it may be read. */
async function readPolicy({ sources, facts }: Examination): Promise<void> {
  const { bucket = "" } = facts;
  const admin = await sources.admin();
  const reading = await takeReading(() => admin.read(bucket, "policy"));
  if (reading.state === "set") facts.policy = String(reading.value);
}
