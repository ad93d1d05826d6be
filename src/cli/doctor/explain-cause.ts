import { partitionOfRegion } from "../../core/partition.ts";
import { diagnoseText } from "../../checks/doctor/diagnose-text.ts";
import { redact } from "../../checks/doctor/redact.ts";
import { findingIndex, findingPages } from "../../checks/pages/finding-pages.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { inspectSettings } from "../../settings/get-settings.ts";
import { knownSecrets } from "../../settings/known-secrets.ts";
import { causeText } from "./doctor-text.ts";

/** Prints the page of a finding, or which there are. */
export async function explainCause({ output }: CommandContext, asked: string): Promise<number> {
  const id = asked.toUpperCase();
  const text = id === "ALL" ? findingIndex() : findingPages().get(id);
  if (text === undefined) {
    throw new UsageError(
      `There is no finding ${asked}.`,
      "See all of them: sms-storage doctor --explain all",
    );
  }
  await output.result({ type: "page", id, text }, text.trimEnd());
  return exitCodes.ok;
}

/** Says what stands behind an error that some tool printed; asks nothing of any store. */
export async function explainError(context: CommandContext, text: string): Promise<number> {
  const { flags, runtime, envFile, output } = context;
  const { settings } = inspectSettings({
    flags,
    environment: runtime.environment,
    cwd: runtime.cwd,
    ...(envFile !== undefined && { envFile }),
  });
  const isQumulo = settings.storageBackend === "qumulo";
  const endpointUrl = isQumulo ? settings.storageQumuloEndpointUrl : settings.storageS3EndpointUrl;
  const own = {
    bucket: isQumulo ? settings.storageQumuloBucket : settings.storageS3Bucket,
    region: settings.storageS3Region,
    endpointUrl,
    partition: partitionOfRegion(settings.storageS3Region).id,
    store: isQumulo ? "qumulo" : endpointUrl === undefined ? "aws" : "s3",
    ...(settings.awsProfile !== undefined && { profile: settings.awsProfile }),
  } as const;
  const { symptom, saw, ...found } = diagnoseText(text, own, new Date());
  // A link holds what opens it, and S3's answers the token that was sent.
  const { sharedSecrets } = await import("../../aws/shared-secrets.ts");
  const known = [
    ...knownSecrets(settings, runtime.environment),
    ...(await sharedSecrets(runtime.environment)),
  ];
  const finding = { ...found, ...redact({ symptom, saw }, { known }) };
  await output.result({ type: "finding", ...finding }, causeText(output, finding));
  return exitCodes.checkFailed;
}
