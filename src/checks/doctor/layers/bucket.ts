import type { BucketPresence } from "../../../core/bucket-admin.ts";
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
  if (presence.state === "present") {
    const where = presence.region === undefined ? "" : `, in ${presence.region}`;
    return fine(`${bucket} is there${where}`);
  }
  if (presence.state === "absent") {
    const message = "The store answers 404: there is no such bucket.";
    return trouble({ ...seen("NoSuchBucket", tried, message), status: 404 });
  }
  if (presence.state === "elsewhere") {
    const { region } = presence;
    const details = region === undefined ? {} : { Region: region };
    const message = `The bucket is in ${region ?? "another region"}, not in ${examination.facts.region}.`;
    return trouble({ ...seen("PermanentRedirect", tried, message, details), status: 301 });
  }
  return whyForbidden(tried, examination);
}

/** A refused HEAD has no words; it asks for the permission of a listing, which has. */
async function whyForbidden(tried: string, examination: Examination): Promise<LayerOutcome> {
  const { sources, call } = examination;
  await readPolicy(examination);
  try {
    await (await sources.store()).listObjects({ maxKeys: 1, ...call });
  } catch (error) {
    return trouble(symptomOf(error, tried));
  }
  const message = "HeadBucket is refused (403), although the bucket can be listed.";
  return trouble({ ...seen("AccessDenied", tried, message), status: 403 });
}

/** Whose statement it was shows in the policy, where it may be read. */
async function readPolicy({ sources, facts }: Examination): Promise<void> {
  const { bucket = "" } = facts;
  const admin = await sources.admin();
  const reading = await takeReading(() => admin.read(bucket, "policy"));
  if (reading.state === "set") facts.policy = String(reading.value);
}
