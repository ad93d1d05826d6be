import type { ServerSideEncryptionConfiguration } from "../core/bucket-settings.ts";
import { partitionOfRegion } from "../core/partition.ts";
import type { Note } from "./aspect.ts";
import type { DesiredState } from "./desired-state.ts";
import type { ObservedState } from "./observed-state.ts";

/**
 * Where encryption is left alone and goes by a key of KMS, who has access needs the key as well: both statements,
 * to be pasted. Large uploads decrypt, too. Source: S3 User Guide, "Using SSE-KMS".
 */
export function kmsNotes(desired: DesiredState, observed: ObservedState): Note[] {
  const reading = observed.readings.encryption;
  if (desired.encryption !== "unmanaged" || reading.state !== "set") return [];
  const { Rules } = reading.value as ServerSideEncryptionConfiguration;
  const standard = Rules[0]?.ApplyServerSideEncryptionByDefault;
  if (standard === undefined || standard.SSEAlgorithm === "AES256") return [];
  const { KMSMasterKeyID: key } = standard;
  if (key === undefined || key.endsWith("alias/aws/s3")) {
    const text =
      "New objects go under AWS's own key aws/s3, which serves the bucket's account alone;" +
      " nobody of another account can read them.";
    return [info(text)];
  }
  const Action = ["kms:GenerateDataKey", "kms:Decrypt"];
  const own = { Effect: "Allow", Action, Resource: key };
  const arns = observed.principals.flatMap(({ arn }) => arn ?? []);
  const { dnsSuffix } = partitionOfRegion(desired.region);
  const ofKey = {
    Effect: "Allow",
    Principal: { AWS: arns },
    Action,
    Resource: "*",
    Condition: { StringEquals: { "kms:ViaService": `s3.${desired.region}.${dnsSuffix}` } },
  };
  return [
    info(
      `New objects go under the KMS key ${key}, which those with access need as well.` +
        ` For their permission set or role: ${JSON.stringify(own)}`,
    ),
    ...(arns.length === 0
      ? []
      : [
          info(
            "For the policy of the key, unless it leaves that to the account (to the root user) and they are" +
              ` of it: ${JSON.stringify(ofKey)}`,
          ),
        ]),
  ];
}

function info(text: string): Note {
  return { level: "info", text };
}
