import { isNotSupported, reasonOf } from "../../../core/reading.ts";
import { isStorageError } from "../../../core/errors.ts";
import { missingParts } from "../missing-parts.ts";
import { type Examination, fine, idle, type Layer, trouble } from "../layer.ts";
import { seen, type Symptom, symptomOf } from "../symptom.ts";

export const configurationLayer: Layer = {
  name: "configuration",
  title: "Configuration: settings, profile, .env",
  examine: async ({ sources, facts }) => {
    const { credentials, dotenv } = await sources.environment();
    facts.variables = credentials;
    if (dotenv !== undefined) facts.dotenv = dotenv;
    const symptoms: Symptom[] = [];
    for (const variables of credentials) {
      const missing = missingParts(variables);
      if (missing.length === 0) continue;
      const message = `${variables.source} lacks ${missing.join(" and ")}.`;
      symptoms.push(seen("PartialKeys", "Read the settings", message));
    }
    const problems = sources.problems.filter(() => symptoms.length === 0);
    symptoms.push(...problems.map((problem) => symptomOf(problem, "Read the settings")));
    if (dotenv?.mode !== undefined && (dotenv.mode & 0o077) !== 0) {
      const message = `${dotenv.path} has mode ${dotenv.mode.toString(8)}.`;
      symptoms.push(seen("OpenDotenv", "Look at .env", message));
    }
    const place = facts.endpointUrl ?? "AWS";
    const detail = `${facts.bucket ?? "no bucket"} in ${facts.region} at ${place}`;
    return { symptoms, detail };
  },
};

export const credentialsLayer: Layer = {
  name: "credentials",
  title: "Credentials: where they come from",
  examine: async ({ sources, facts }) => {
    const keys = await sources.findKeys();
    if (keys === undefined) return idle("requests are anonymous");
    facts.credentialSource = keys.source;
    facts.keyKind = keys.keyKind;
    facts.keysHaveToken = keys.hasToken;
    const { expiration } = keys;
    if (expiration === undefined) return fine(`${keys.keyKind}... from ${keys.source}`);
    facts.keysEnd = expiration.toISOString();
    const tried = "Take the credentials";
    if (expiration <= sources.now()) {
      return trouble(seen("ExpiredToken", tried, `They ended at ${facts.keysEnd}.`));
    }
    return fine(`${keys.keyKind}... from ${keys.source}, until ${facts.keysEnd}`);
  },
};

export const identityLayer: Layer = {
  name: "identity",
  title: "Identity: who is asking",
  examine: async (examination) => {
    const { sources, facts } = examination;
    const tried = "Ask who is asking (GetCallerIdentity)";
    try {
      facts.caller = await (await sources.admin()).getCallerIdentity();
    } catch (error) {
      if (isNotSupported(error)) return idle("the store has no STS");
      if (isStorageError(error, "PermissionDenied") && error.s3Code === "AccessDenied") {
        return idle(`it is not told: ${reasonOf(error)}`);
      }
      const symptom = symptomOf(error, tried);
      return trouble(await withWordOfS3(symptom, examination));
    }
    const { arn, accountId } = facts.caller;
    const partition = arn.split(":")[1];
    if (facts.store === "aws" && partition !== facts.partition) {
      const message = `The keys are of partition ${partition}; region ${facts.region} is of ${facts.partition}.`;
      return trouble(seen("WrongPartition", tried, message));
    }
    if (facts.expectedAccount !== undefined && accountId !== facts.expectedAccount) {
      const message = `Account ${accountId} is asking; ${facts.expectedAccount} was expected.`;
      return trouble(seen("WrongAccount", tried, message));
    }
    return fine(arn);
  },
};

/** STS has one word for every key that it does not take; S3 tells an unknown one from a wrong token. */
async function withWordOfS3(
  symptom: Symptom,
  { sources, facts, call }: Examination,
): Promise<Symptom> {
  if (symptom.code !== "InvalidClientTokenId" || facts.bucket === undefined) return symptom;
  try {
    await (await sources.store()).listObjects({ maxKeys: 1, ...call });
    return symptom;
  } catch (error) {
    const { code } = symptomOf(error, symptom.tried);
    if (code === undefined) return symptom;
    return { ...symptom, details: { ...symptom.details, S3Code: code } };
  }
}
