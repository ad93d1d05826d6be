import { join } from "node:path";
import { dotenvFile } from "../settings/dotenv-file.ts";
import { writeDotenv } from "../settings/write-dotenv.ts";
import type { EmbeddedServer } from "./embedded-server.ts";

const bucketVariable = "STORAGE_S3_BUCKET";
const endpointVariable = "STORAGE_S3_ENDPOINT_URL";

/**
 * The variables that lead to a bucket of an embedded server, with the session of its SSO-like role;
 * with the administrator's keys where the account has no such role, or where the server plays a
 * Qumulo cluster, which knows no sessions.
 */
export function embeddedEnvironment(
  embedded: EmbeddedServer,
  bucket: string,
): Record<string, string> {
  if (embedded.plays === "qumulo") return qumuloEnvironment(embedded, bucket);
  const keys = embedded.roleSession ?? embedded.administrator;
  return {
    STORAGE_BACKEND: "s3",
    [bucketVariable]: bucket,
    STORAGE_S3_REGION: embedded.region,
    [endpointVariable]: embedded.server.endpoint,
    ...(embedded.caFile !== undefined && { STORAGE_S3_CA_FILE: embedded.caFile }),
    STORAGE_S3_ACCESS_KEY_ID: keys.accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken !== undefined && { STORAGE_S3_SESSION_TOKEN: keys.sessionToken }),
  };
}

function qumuloEnvironment(
  { server, caFile, administrator }: EmbeddedServer,
  bucket: string,
): Record<string, string> {
  return {
    STORAGE_BACKEND: "qumulo",
    STORAGE_QUMULO_BUCKET: bucket,
    STORAGE_QUMULO_ENDPOINT_URL: server.endpoint,
    ...(caFile !== undefined && { STORAGE_QUMULO_CA_FILE: caFile }),
    STORAGE_QUMULO_ACCESS_KEY_ID: administrator.accessKeyId,
    STORAGE_QUMULO_SECRET_ACCESS_KEY: administrator.secretAccessKey,
  };
}

export interface WrittenSettings {
  readonly file: string;
  /** Names of the variables that were not so already. */
  readonly changed: readonly string[];
  /** The store that the wished-for file leads to: it is somebody's work and was left alone. */
  readonly otherStore: string | undefined;
}

/**
 * Writes the variables, keys included, since they open nothing but this server: into `envFile`, or
 * beside the data where there is none or where it leads to another store.
 */
export async function writeEmbeddedSettings(
  embedded: EmbeddedServer,
  values: Readonly<Record<string, string>>,
  envFile: string | undefined,
): Promise<WrittenSettings> {
  const otherStore = envFile === undefined ? undefined : await otherStoreOf(envFile);
  const beside = join(embedded.directory, "settings.env");
  const file = envFile === undefined || otherStore !== undefined ? beside : envFile;
  const { changed } = await writeDotenv(file, values, { allowSecrets: true });
  return { file, changed, otherStore };
}

/** What a `.env` leads to already, when that is not an embedded server of this machine. */
async function otherStoreOf(envFile: string): Promise<string | undefined> {
  const values = await dotenvFile(envFile).read([bucketVariable, endpointVariable]);
  const bucket = values[bucketVariable];
  const endpoint = values[endpointVariable];
  if (endpoint === undefined) return bucket === undefined ? undefined : `s3://${bucket} on AWS`;
  return /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${endpoint}/`)
    ? undefined
    : endpoint;
}
