import type { SettingName } from "../../../core/bucket-settings.ts";
import { takeReading } from "../../../core/reading.ts";
import { isStorageError } from "../../../core/errors.ts";
import { kmsKeyOf } from "../../audit/default-encryption.ts";
import type { DoctorFacts } from "../doctor-facts.ts";
import { fine, idle, type Examination, type Layer, trouble } from "../layer.ts";
import { type Symptom, symptomOf } from "../symptom.ts";

const names = [
  "encryption",
  "policy",
  "publicAccessBlock",
  "ownership",
  "versioning",
  "lifecycle",
] as const satisfies readonly SettingName[];

/** What may not be read is not known, which is no fault of itself: daily work needs none of it. */
export const settingsLayer: Layer = {
  name: "settings",
  title: "Settings: encryption, policy, public access, versioning",
  examine: async (examination) => {
    const { sources, facts } = examination;
    const { bucket } = facts;
    if (bucket === undefined) return idle("no bucket is set");
    const admin = await sources.admin();
    const unknown: string[] = [];
    const lacking: string[] = [];
    const note = (error: unknown): never => {
      const refusal = symptomOf(error, "Read the bucket's policy");
      if (refusal.operation === "GetBucketPolicy") facts.policyRefusal = refusal;
      throw error;
    };
    for (const name of names) {
      const reading = await takeReading(() => admin.read(bucket, name).catch(note));
      if (reading.state === "set") keep(facts, name, reading.value);
      else if (reading.state === "not-supported") lacking.push(name);
      else if (reading.state !== "not-set") unknown.push(name);
    }
    const unusable = await keyTrouble(examination);
    if (unusable !== undefined) return unusable;
    const { encryption, versioning } = facts;
    const seenOnes = [
      encryption,
      versioning === undefined ? undefined : `versioning ${versioning}`,
      versioning === "Suspended"
        ? "what is deleted or overwritten now is gone for good"
        : undefined,
    ];
    const known = seenOnes.filter((each) => each !== undefined).join(", ");
    const hidden = unknown.length === 0 ? "" : `the caller may not read: ${unknown.join(", ")}`;
    const without = lacking.length === 0 ? "" : `this store has no ${lacking.join(", ")}`;
    const parts = [known, hidden, without].filter((part) => part !== "");
    return fine(parts.join("; ") || "none is set");
  },
};

function keep(facts: DoctorFacts, name: (typeof names)[number], value: unknown): void {
  if (name === "policy") facts.policy = value as string;
  if (name === "versioning") facts.versioning = value as string;
  if (name === "publicAccessBlock") {
    facts.publicAccessBlock = value as NonNullable<DoctorFacts["publicAccessBlock"]>;
  }
  if (name !== "encryption") return;
  const document = value as Parameters<typeof kmsKeyOf>[0];
  const algorithm = document?.Rules[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  const id = kmsKeyOf(document)?.id;
  if (algorithm !== undefined) facts.encryption = algorithm;
  if (id !== undefined) facts.kmsKey = id;
}

/** What S3 answers for a key in this state; undefined: it can be used. */
function codeOfState(state: string): string | undefined {
  if (state === "Enabled") return undefined;
  return state === "Disabled" ? "KMS.DisabledException" : "KMS.KMSInvalidStateException";
}

/** Whether the key of new objects can be used at all; who may is tried with objects. */
async function keyTrouble({ sources, facts }: Examination) {
  const { kmsKey } = facts;
  if (kmsKey === undefined) return undefined;
  const tried = `Ask for the bucket's key ${kmsKey}`;
  try {
    const state = await (await sources.services()).describeKey(kmsKey);
    facts.keyState = state;
    const code = codeOfState(state.state);
    if (code === undefined) return undefined;
    return trouble(symptom(code, tried, `The key ${state.arn} is in the state ${state.state}.`));
  } catch (error) {
    if (!isStorageError(error, "NotFound")) return undefined;
    return trouble(symptom("KMS.NotFoundException", tried, error.message));
  }
}

function symptom(code: string, tried: string, message: string): Symptom {
  return { code, tried, message, details: {} };
}
