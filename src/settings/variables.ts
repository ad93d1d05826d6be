import { clientLimits } from "../core/limits.ts";
import type { SettingName } from "./settings.ts";

/** A flag of the command line that sets a variable, `bucket` for `--bucket`. */
export type SettingFlagName =
  | "backend"
  | "bucket"
  | "region"
  | "endpoint-url"
  | "profile"
  | "ca-file"
  | "verify-ssl"
  | "cache-dir"
  | "retry-seconds"
  | "idle-seconds";

export interface SettingVariable {
  readonly setting: SettingName;
  /** The name to write; further names are read when it is not set, in order. */
  readonly name: string;
  readonly fallbacks?: readonly string[];
  readonly flag?: SettingFlagName;
  readonly kind:
    | "backend"
    | "bucket"
    | "region"
    | "endpoint"
    | "dialect"
    | "boolean"
    | "seconds"
    | "text"
    | "credential";
  /** Never shown: `whole`; shown by its first four characters: `tail`; a URL without its user: `password`. */
  readonly secret?: "whole" | "tail" | "password";
  readonly default?: string;
  readonly description: string;
}

/** Every variable that is read, in the order in which it is explained. */
export const settingVariables: readonly SettingVariable[] = [
  {
    setting: "storageBackend",
    name: "STORAGE_BACKEND",
    flag: "backend",
    kind: "backend",
    default: "s3",
    description: "s3 (AWS and any S3-compatible store) or qumulo",
  },
  {
    setting: "storageS3Bucket",
    name: "STORAGE_S3_BUCKET",
    flag: "bucket",
    kind: "bucket",
    description: "Bucket",
  },
  {
    setting: "storageS3Region",
    name: "STORAGE_S3_REGION",
    fallbacks: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    flag: "region",
    kind: "region",
    default: "us-east-1",
    description: "Region of the bucket",
  },
  {
    setting: "storageS3EndpointUrl",
    name: "STORAGE_S3_ENDPOINT_URL",
    fallbacks: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
    flag: "endpoint-url",
    kind: "endpoint",
    description: "URL of a store other than AWS",
  },
  {
    setting: "storageS3Dialect",
    name: "STORAGE_S3_DIALECT",
    kind: "dialect",
    description:
      "Kind of a store other than AWS, where its endpoint does not tell: ceph, minio, ...",
  },
  {
    setting: "storageS3AccessKeyId",
    name: "STORAGE_S3_ACCESS_KEY_ID",
    kind: "credential",
    secret: "tail",
    description: "Access key; unset for SSO, profiles and roles",
  },
  {
    setting: "storageS3SecretAccessKey",
    name: "STORAGE_S3_SECRET_ACCESS_KEY",
    kind: "credential",
    secret: "whole",
    description: "Secret of the access key",
  },
  {
    setting: "storageS3SessionToken",
    name: "STORAGE_S3_SESSION_TOKEN",
    kind: "credential",
    secret: "whole",
    description: "Session token of temporary keys",
  },
  {
    setting: "storageS3CaFile",
    name: "STORAGE_S3_CA_FILE",
    fallbacks: ["AWS_CA_BUNDLE"],
    flag: "ca-file",
    kind: "text",
    description: "PEM file of further certificate authorities",
  },
  {
    setting: "storageQumuloEndpointUrl",
    name: "STORAGE_QUMULO_ENDPOINT_URL",
    flag: "endpoint-url",
    kind: "endpoint",
    description: "URL of the Qumulo cluster, often with port 9000",
  },
  {
    setting: "storageQumuloBucket",
    name: "STORAGE_QUMULO_BUCKET",
    flag: "bucket",
    kind: "bucket",
    description: "Bucket on Qumulo",
  },
  {
    setting: "storageQumuloAccessKeyId",
    name: "STORAGE_QUMULO_ACCESS_KEY_ID",
    kind: "credential",
    secret: "tail",
    description: "Access key on Qumulo",
  },
  {
    setting: "storageQumuloSecretAccessKey",
    name: "STORAGE_QUMULO_SECRET_ACCESS_KEY",
    kind: "credential",
    secret: "whole",
    description: "Secret of the Qumulo access key",
  },
  {
    setting: "storageQumuloVerifySsl",
    name: "STORAGE_QUMULO_VERIFY_SSL",
    flag: "verify-ssl",
    kind: "boolean",
    default: "true",
    description: "Whether the cluster's certificate is checked",
  },
  {
    setting: "storageQumuloCaFile",
    name: "STORAGE_QUMULO_CA_FILE",
    flag: "ca-file",
    kind: "text",
    description: "PEM file of the cluster's certificate authority",
  },
  {
    setting: "storageLocalCacheDir",
    name: "STORAGE_LOCAL_CACHE_DIR",
    flag: "cache-dir",
    kind: "text",
    description: "Folder of downloads without a target; unset: the system's temporary folder",
  },
  {
    setting: "storageRetrySeconds",
    name: "STORAGE_RETRY_SECONDS",
    flag: "retry-seconds",
    kind: "seconds",
    default: String(clientLimits.retryForMs / 1000),
    description: "How long a call that fails is tried again; 0: not at all",
  },
  {
    setting: "storageIdleSeconds",
    name: "STORAGE_IDLE_SECONDS",
    flag: "idle-seconds",
    kind: "seconds",
    default: String(clientLimits.idleTimeoutMs / 1000),
    description: "How long a connection may be silent before it is given up",
  },
  {
    setting: "httpsProxy",
    name: "HTTPS_PROXY",
    fallbacks: ["https_proxy", "ALL_PROXY", "all_proxy"],
    kind: "text",
    secret: "password",
    description: "HTTP proxy for connections by https://",
  },
  {
    setting: "httpProxy",
    name: "HTTP_PROXY",
    fallbacks: ["http_proxy", "ALL_PROXY", "all_proxy"],
    kind: "text",
    secret: "password",
    description: "HTTP proxy for connections by http://",
  },
  {
    setting: "noProxy",
    name: "NO_PROXY",
    fallbacks: ["no_proxy"],
    kind: "text",
    description: "Hosts that are reached without a proxy",
  },
  {
    setting: "awsProfile",
    name: "AWS_PROFILE",
    flag: "profile",
    kind: "text",
    description: "Profile for SSO and the other ways of the AWS credential chain",
  },
];

/** SMS API's own variables that mean nothing here; they get no warning. */
export const foreignVariables: readonly string[] = [
  "STORAGE_GCS_BUCKET",
  "STORAGE_GCS_ENDPOINT_URL",
  "STORAGE_GCS_REGION",
  "STORAGE_GCS_CREDENTIALS_FILE",
];

export const secretVariables: ReadonlySet<string> = new Set(
  settingVariables.filter(({ secret }) => secret !== undefined).map(({ name }) => name),
);
