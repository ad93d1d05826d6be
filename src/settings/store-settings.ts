import type { Credentials } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import { checkCredentials, variableName } from "./check-credentials.ts";
import { isAwsEndpoint } from "./read-value.ts";
import type { Settings, SettingName, StorageBackend } from "./settings.ts";

/** Everything that reaching one store takes, from the settings of its backend. */
export interface StoreSettings {
  readonly dialect: "aws" | "s3" | "qumulo";
  /** Undefined: not set; set-up and listing buckets need none. */
  readonly bucket: string | undefined;
  readonly region: string;
  /** Undefined: AWS's own for the region. */
  readonly endpointUrl: string | undefined;
  readonly credentials: CredentialsChoice;
  readonly verifySsl: boolean;
  /** PEM file of further certificate authorities. */
  readonly caFile: string | undefined;
}

export type CredentialsChoice =
  | { readonly kind: "static"; readonly credentials: Credentials }
  | { readonly kind: "aws-chain"; readonly profile: string | undefined };

/** Qumulo ignores the region, but a signature needs one. Source: SMS API's Qumulo service. */
const qumuloRegion = "us-east-1";

/**
 * Picks what the backend needs. Throws ConfigurationError for a partial set of keys and for a Qumulo
 * without endpoint or keys.
 */
export function storeSettings(
  settings: Settings,
  backend: StorageBackend = settings.storageBackend,
): StoreSettings {
  const [problem] = checkCredentials(settings, backend).problems;
  if (problem !== undefined) throw problem;
  return backend === "qumulo" ? qumuloStore(settings) : s3Store(settings);
}

/** The bucket, or ConfigurationError that says which variable to set. */
export function requireBucket(store: StoreSettings): string {
  if (store.bucket !== undefined) return store.bucket;
  const variable = variableName(
    store.dialect === "qumulo" ? "storageQumuloBucket" : "storageS3Bucket",
  );
  throw new StorageError("ConfigurationError", `No bucket is given: ${variable} is not set.`, {
    remedy: `Set ${variable} in the environment or in .env; \`sms-storage setup\` makes a bucket and writes it.`,
  });
}

function s3Store(settings: Settings): StoreSettings {
  const onAws = isAwsEndpoint(settings.storageS3EndpointUrl);
  return {
    dialect: onAws ? "aws" : "s3",
    bucket: settings.storageS3Bucket,
    region: settings.storageS3Region,
    endpointUrl: settings.storageS3EndpointUrl,
    credentials: s3Credentials(settings),
    verifySsl: true,
    caFile: settings.storageS3CaFile,
  };
}

function s3Credentials(settings: Settings): CredentialsChoice {
  const profile = settings.awsProfile;
  // A profile asked for on the command line beats keys that lie in the environment.
  const profileAsked = settings.sources.awsProfile?.kind === "flag";
  const accessKeyId = settings.storageS3AccessKeyId;
  const secretAccessKey = settings.storageS3SecretAccessKey;
  if (profileAsked || accessKeyId === undefined || secretAccessKey === undefined) {
    return { kind: "aws-chain", profile };
  }
  const sessionToken = settings.storageS3SessionToken;
  return {
    kind: "static",
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  };
}

function qumuloStore(settings: Settings): StoreSettings {
  const required = [
    "storageQumuloEndpointUrl",
    "storageQumuloAccessKeyId",
    "storageQumuloSecretAccessKey",
  ] as const satisfies readonly SettingName[];
  const missing = required.filter((name) => settings[name] === undefined).map(variableName);
  if (missing.length > 0) {
    throw new StorageError(
      "ConfigurationError",
      `Qumulo needs ${missing.join(", ")}, which ${missing.length === 1 ? "is" : "are"} not set.`,
      { remedy: "Set them in the environment or in .env; Qumulo's administrator gives the keys." },
    );
  }
  return {
    dialect: "qumulo",
    bucket: settings.storageQumuloBucket,
    region: qumuloRegion,
    endpointUrl: settings.storageQumuloEndpointUrl,
    credentials: {
      kind: "static",
      credentials: {
        accessKeyId: settings.storageQumuloAccessKeyId ?? "",
        secretAccessKey: settings.storageQumuloSecretAccessKey ?? "",
      },
    },
    verifySsl: settings.storageQumuloVerifySsl,
    caFile: settings.storageQumuloCaFile,
  };
}
