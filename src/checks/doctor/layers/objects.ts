import { doctorLimits } from "../../../core/doctor-limits.ts";
import { isStorageError } from "../../../core/errors.ts";
import type { CallOptions, ObjectStore } from "../../../core/object-store.ts";
import { cleanUpProbe } from "../../../probes/clean-up.ts";
import { headMissingProbe } from "../../../probes/head-missing.ts";
import { multipartProbe } from "../../../probes/multipart.ts";
import { noteMade, type Probe, type ProbeContext } from "../../../probes/probe.ts";
import { probes } from "../../../probes/probe-list.ts";
import { type ProbeFact, runProbes } from "../../../probes/run-probes.ts";
import { smallUploadProbe } from "../../../probes/small-upload.ts";
import { smallContent, smallKey } from "../../../probes/probe-content.ts";
import { fine, idle, type Examination, type Layer, type LayerOutcome } from "../layer.ts";
import { seen, type Symptom, symptomOf } from "../symptom.ts";

const small = probes.filter((probe) => probe !== multipartProbe && probe !== cleanUpProbe);

export const objectsLayer: Layer = {
  name: "objects",
  title: "Objects: write, read, list a small one",
  examine: async (examination) => {
    const { facts } = examination;
    if (facts.bucket === undefined) return idle("no bucket is set");
    const outcome = await tryProbes(small, examination);
    const context = await examination.probing();
    facts.probePrefix = context.prefix;
    if (outcome.symptoms.length > 0 || facts.store !== "qumulo") return outcome;
    facts.overwriting = await tryOverwriting(context);
    facts.keepsMetadata = await tryMetadata(context);
    const kept = facts.keepsMetadata ? "is kept" : "is dropped without a word";
    return fine(
      `${outcome.detail}; overwriting is ${facts.overwriting}; metadata of an object ${kept}`,
    );
  },
};

export const largeObjectsLayer: Layer = {
  name: "large-objects",
  title: "Large objects: an upload in parts",
  examine: async (examination) => {
    if (examination.facts.bucket === undefined) return idle("no bucket is set");
    return tryProbes([multipartProbe], examination);
  },
};

/** Objects from before may lie under keys that new ones do not need. */
export const encryptionLayer: Layer = {
  name: "encryption",
  title: "Encryption: objects that are there can be read",
  examine: async ({ sources, facts, call }) => {
    if (facts.bucket === undefined) return idle("no bucket is set");
    const store = await sources.store();
    const { objects } = await store.listObjects({ maxKeys: 20, ...call });
    const there = objects.filter(({ key, sizeBytes }) => sizeBytes > 0 && !isOurs(key, sources));
    if (there.length === 0) return idle("there are none");
    for (const { key } of there.slice(0, doctorLimits.sampledObjects)) {
      const symptom = await tryReading(store, key, call);
      if (symptom !== undefined) return { symptoms: [symptom], detail: symptom.message };
    }
    return fine(`${Math.min(there.length, doctorLimits.sampledObjects)} looked at`);
  },
};

function isOurs(key: string, { prefix }: Examination["sources"]): boolean {
  return key.startsWith(prefix);
}

async function tryReading(
  store: ObjectStore,
  key: string,
  call: CallOptions,
): Promise<Symptom | undefined> {
  try {
    const { body } = await store.getObject(key, { ...call, range: { first: 0, last: 0 } });
    for await (const _chunk of body);
    return undefined;
  } catch (error) {
    // Deleted meanwhile, or archived: both are well.
    if (
      isStorageError(error) &&
      (error.code === "NotFound" || error.s3Code === "InvalidObjectState")
    ) {
      return undefined;
    }
    return symptomOf(error, `Read ${key}, which was there before`);
  }
}

async function tryProbes(
  list: readonly Probe[],
  { facts, probing }: Examination,
): Promise<LayerOutcome> {
  const context = await probing();
  const symptoms: Symptom[] = [];
  const lacking: string[] = [];
  let passed = 0;
  for await (const fact of runProbes(list, context)) {
    if (fact.status === "passed") passed += 1;
    if (fact.name === smallUploadProbe.name) facts.smallWorks = fact.status === "passed";
    if (fact.status === "failed") symptoms.push(symptomOfProbe(fact));
    if (fact.status === "not-supported") lacking.push(fact.title);
  }
  const without = lacking.length === 0 ? "" : `; this store cannot: ${lacking.join(", ")}`;
  const detail = `${passed} of ${list.length} went well under ${context.prefix}${without}`;
  return { symptoms, detail };
}

function symptomOfProbe(fact: ProbeFact): Symptom {
  const { title, detail, error, name } = fact;
  if (error === undefined) {
    const isMissing = name === headMissingProbe.name && /\b403\b/.test(detail);
    return seen(isMissing ? "MissingLooksForbidden" : "WrongAnswer", title, detail);
  }
  const symptom = symptomOf(error, title);
  const wasWritten = error.code === "NotFound" && error.s3Code !== "NoSuchBucket";
  return wasWritten ? { ...symptom, code: "WrittenNotFound" } : symptom;
}

/** Which refusal a store gives that overwrites nothing; versions of Qumulo differ. */
async function tryOverwriting(context: ProbeContext): Promise<string> {
  const { store, prefix, call } = context;
  const key = smallKey(prefix);
  const options = { contentType: "text/plain", ...call };
  try {
    await noteMade(context, key, store.putObject(key, smallContent, options));
    return "taken";
  } catch (error) {
    if (!isStorageError(error)) throw error;
    return `refused with ${error.s3Code ?? error.code} (${error.status ?? "no status"})`;
  }
}

/** Before 6.3 Qumulo takes an object's own metadata and forgets them. */
async function tryMetadata(context: ProbeContext): Promise<boolean> {
  const { store, prefix, call } = context;
  const key = `${prefix}metadata.txt`;
  const metadata = { probe: "1" };
  await noteMade(context, key, store.putObject(key, smallContent, { metadata, ...call }));
  return (await store.headObject(key, call)).metadata?.["probe"] === "1";
}
