import type { Credentials } from "../core/credentials.ts";
import { type DialectName, dialectOfHost } from "../core/dialect-name.ts";
import { StorageError } from "../core/errors.ts";
import { clientLimits } from "../core/limits.ts";
import { checkCredentials, variableName } from "./check-credentials.ts";
import { isAwsEndpoint } from "./read-value.ts";
import type { Settings, SettingName, StorageBackend } from "./settings.ts";

/** Everything that reaching one store takes, from the settings of its backend. */
export interface StoreSettings {
  readonly dialect: DialectName;
  /** Undefined: not set; set-up and listing buckets need none. */
  readonly bucket: string | undefined;
  readonly region: string;
  /** Undefined: AWS's own for the region. */
  readonly endpointUrl: string | undefined;
  readonly credentials: CredentialsChoice;
  readonly verifySsl: boolean;
  /** PEM file of further certificate authorities. */
  readonly caFile: string | undefined;
  /** How long a call that fails is tried again; 0: not at all. */
  readonly retryForMs: number;
  /** Silence on a connection before it is given up. */
  readonly idleTimeoutMs: number;
  readonly proxy: Pick<Settings, "httpsProxy" | "httpProxy" | "noProxy">;
}

type CredentialsChoice =
  | { readonly kind: "static"; readonly credentials: Credentials }
  | { readonly kind: "aws-chain"; readonly profile: string | undefined }
  /** The program passes its own credentials. */
  | { readonly kind: "given" };

/** What the program says itself, so that the settings need not. */
export interface GivenParts {
  readonly endpointUrl?: string | undefined;
  readonly credentials?: boolean;
}

/** Qumulo ignores the region, but a signature needs one. Source: SMS API's Qumulo service. */
const qumuloRegion = "us-east-1";

/**
 * Picks what the backend needs. Throws ConfigurationError for a partial set of keys and for a Qumulo
 * without endpoint or keys.
 */
export function storeSettings(
  settings: Settings,
  backend: StorageBackend = settings.storageBackend,
  given: GivenParts = {},
): StoreSettings {
  const [problem] = checkCredentials(settings, backend).problems;
  if (problem !== undefined && given.credentials !== true) throw problem;
  return backend === "qumulo" ? qumuloStore(settings, given) : s3Store(settings, given);
}

/** The bucket, or ConfigurationError that says which variable to set. */
export function requireBucket(store: StoreSettings): string {
  if (store.bucket !== undefined) return store.bucket;
  const variable = variableName(
    store.dialect === "qumulo" ? "storageQumuloBucket" : "storageS3Bucket",
  );
  throw new StorageError("ConfigurationError", `No bucket is given: ${variable} is not set.`, {
    remedy:
      `Set ${variable} in the environment or in .env; ` +
      "`sms-storage setup` makes a bucket and writes it.",
  });
}

function s3Store(settings: Settings, given: GivenParts): StoreSettings {
  const endpointUrl = given.endpointUrl ?? settings.storageS3EndpointUrl;
  return {
    dialect: settings.storageS3Dialect ?? dialectOf(endpointUrl),
    bucket: settings.storageS3Bucket,
    region: settings.storageS3Region,
    endpointUrl,
    credentials: given.credentials === true ? { kind: "given" } : s3Credentials(settings),
    verifySsl: true,
    caFile: settings.storageS3CaFile,
    ...shared(settings),
  };
}

function dialectOf(endpointUrl: string | undefined): DialectName {
  if (endpointUrl === undefined || isAwsEndpoint(endpointUrl)) return "aws";
  return dialectOfHost(new URL(endpointUrl).hostname) ?? "s3";
}

/** Of either backend. */
function shared(settings: Settings): Pick<StoreSettings, "retryForMs" | "idleTimeoutMs" | "proxy"> {
  const { httpsProxy, httpProxy, noProxy } = settings;
  return {
    retryForMs: settings.storageRetrySeconds * 1000,
    idleTimeoutMs: Math.max(clientLimits.idleTimeoutLeastMs, settings.storageIdleSeconds * 1000),
    proxy: { httpsProxy, httpProxy, noProxy },
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
      ...(sessionToken !== undefined && { sessionToken }),
    },
  };
}

function qumuloStore(settings: Settings, given: GivenParts): StoreSettings {
  const endpointUrl = given.endpointUrl ?? settings.storageQumuloEndpointUrl;
  const accessKeyId = settings.storageQumuloAccessKeyId;
  const secretAccessKey = settings.storageQumuloSecretAccessKey;
  const keysGiven = given.credentials === true;
  const missing: SettingName[] = [];
  if (endpointUrl === undefined) missing.push("storageQumuloEndpointUrl");
  if (accessKeyId === undefined && !keysGiven) missing.push("storageQumuloAccessKeyId");
  if (secretAccessKey === undefined && !keysGiven) missing.push("storageQumuloSecretAccessKey");
  if (missing.length > 0) throw incompleteQumulo(missing);
  return {
    dialect: "qumulo",
    bucket: settings.storageQumuloBucket,
    region: qumuloRegion,
    endpointUrl,
    credentials:
      keysGiven || accessKeyId === undefined || secretAccessKey === undefined
        ? { kind: "given" }
        : { kind: "static", credentials: { accessKeyId, secretAccessKey } },
    verifySsl: settings.storageQumuloVerifySsl,
    caFile: settings.storageQumuloCaFile,
    ...shared(settings),
  };
}

function incompleteQumulo(missing: readonly SettingName[]): StorageError {
  const names = missing.map(variableName).join(", ");
  return new StorageError(
    "ConfigurationError",
    `Qumulo needs ${names}, which ${missing.length === 1 ? "is" : "are"} not set.`,
    { remedy: "Set them in the environment or in .env; Qumulo's administrator gives the keys." },
  );
}
