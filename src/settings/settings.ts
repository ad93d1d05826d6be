import type { DialectName } from "../core/dialect-name.ts";

/** Where a value came from. `line` counts from 1. */
export type SettingSource =
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "environment"; readonly name: string }
  | {
      readonly kind: "dotenv";
      readonly name: string;
      readonly file: string;
      readonly line: number;
    }
  /** Of AWS's shared files; `name` is the profile's. */
  | {
      readonly kind: "profile";
      readonly name: string;
      readonly file: string;
      readonly line: number;
    }
  | { readonly kind: "default"; readonly name: string };

/** Which FileService SMS API uses: AWS S3 and its like, or Qumulo. */
export type StorageBackend = "s3" | "qumulo";

/**
 * The settings, each named after its environment variable: `STORAGE_S3_BUCKET` is
 * `storageS3Bucket`. An empty variable counts as not set, as in SMS API.
 */
export interface SettingValues {
  /** Default `s3`. */
  readonly storageBackend: StorageBackend;
  readonly storageS3Bucket: string | undefined;
  /** Falls back to `AWS_REGION`, `AWS_DEFAULT_REGION`, the AWS profile's. Default `us-east-1`. */
  readonly storageS3Region: string;
  /** Unset: AWS. Falls back to `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`. */
  readonly storageS3EndpointUrl: string | undefined;
  /** How the store speaks S3. Unset: as its endpoint gives away. */
  readonly storageS3Dialect: DialectName | undefined;
  /** Unset: the AWS credential chain (SSO, profile, role) is used. */
  readonly storageS3AccessKeyId: string | undefined;
  readonly storageS3SecretAccessKey: string | undefined;
  /** Only for temporary keys. */
  readonly storageS3SessionToken: string | undefined;
  /** PEM file of further certificate authorities. Falls back to `AWS_CA_BUNDLE`. */
  readonly storageS3CaFile: string | undefined;
  readonly storageQumuloEndpointUrl: string | undefined;
  readonly storageQumuloBucket: string | undefined;
  readonly storageQumuloAccessKeyId: string | undefined;
  readonly storageQumuloSecretAccessKey: string | undefined;
  /** Default true. */
  readonly storageQumuloVerifySsl: boolean;
  /** PEM file of further certificate authorities; better than turning verification off. */
  readonly storageQumuloCaFile: string | undefined;
  /** Parent of downloads without a target. Unset: the system's temporary folder. */
  readonly storageLocalCacheDir: string | undefined;
  /**
   * How long a call that the store throttles, refuses or loses is tried again, in seconds, from 0 (not
   * at all) to 3,600. Default 20.
   */
  readonly storageRetrySeconds: number;
  /**
   * Silence on a connection, in seconds, before it is given up and the request is sent again: from 0.1
   * to 3,600. Default 60.
   */
  readonly storageIdleSeconds: number;
  /** `HTTPS_PROXY`, as other programs read it. Falls back to `https_proxy`, `ALL_PROXY`. */
  readonly httpsProxy: string | undefined;
  /** `HTTP_PROXY`. Falls back to `http_proxy`, `ALL_PROXY`. */
  readonly httpProxy: string | undefined;
  /** `NO_PROXY`. Falls back to `no_proxy`. */
  readonly noProxy: string | undefined;
  /** `AWS_PROFILE`: the profile for the AWS credential chain. */
  readonly awsProfile: string | undefined;
}

/** A setting's name in code, such as `storageS3Bucket`. */
export type SettingName = keyof SettingValues;

/** Something to tell the user that does not stop the work. */
export interface SettingWarning {
  /** Such as `STORAGE_S3_REGION`. */
  readonly variable: string;
  readonly message: string;
  readonly source: SettingSource;
}

/** Printing it or turning it into JSON shows no secret. */
export interface Settings extends SettingValues {
  /** No entry: not set. */
  readonly sources: Readonly<Partial<Record<SettingName, SettingSource>>>;
  readonly warnings: readonly SettingWarning[];
}

/** `environment AWS_REGION`, `/app/.env line 3`, `profile lab, ...`, `flag --bucket`, `default`. */
export function describeSource(source: SettingSource): string {
  if (source.kind === "flag") return `flag ${source.name}`;
  if (source.kind === "environment") return `environment ${source.name}`;
  if (source.kind === "dotenv") return `${source.file} line ${source.line}`;
  if (source.kind === "profile") {
    return `profile ${source.name}, ${source.file} line ${source.line}`;
  }
  return "default";
}
