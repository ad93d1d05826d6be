import { singleQuoted } from "../core/shell-word.ts";
import type { Settings } from "../settings/settings.ts";

/** The variables by which AWS's CLI and SDKs, rclone (env_auth) and s5cmd find the same store. */
export function toolEnvironment(settings: Settings): Record<string, string> {
  const qumulo = settings.storageBackend === "qumulo";
  const values: Record<string, string | undefined> = {
    AWS_ENDPOINT_URL: qumulo ? settings.storageQumuloEndpointUrl : settings.storageS3EndpointUrl,
    AWS_REGION: settings.storageS3Region,
    AWS_DEFAULT_REGION: settings.storageS3Region,
    AWS_ACCESS_KEY_ID: qumulo ? settings.storageQumuloAccessKeyId : settings.storageS3AccessKeyId,
    AWS_SECRET_ACCESS_KEY: qumulo
      ? settings.storageQumuloSecretAccessKey
      : settings.storageS3SecretAccessKey,
    AWS_SESSION_TOKEN: qumulo ? undefined : settings.storageS3SessionToken,
    AWS_PROFILE: settings.storageS3AccessKeyId === undefined ? settings.awsProfile : undefined,
    AWS_CA_BUNDLE: qumulo ? settings.storageQumuloCaFile : settings.storageS3CaFile,
    BUCKET_NAME: qumulo ? settings.storageQumuloBucket : settings.storageS3Bucket,
  };
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) present[name] = value;
  }
  return present;
}

/** A stale one of these in the shell would spoil the keys that are given. */
const spoilers = ["AWS_SESSION_TOKEN", "AWS_PROFILE"];

/** POSIX shell lines; values in single quotes, so that nothing in them is expanded. */
export function formatExports(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${singleQuoted(value)}`,
  );
  const unset = spoilers.filter((name) => variables[name] === undefined);
  if (variables["AWS_ACCESS_KEY_ID"] !== undefined && unset.length > 0) {
    lines.unshift(`unset ${unset.join(" ")}`);
  }
  return lines.join("\n");
}
