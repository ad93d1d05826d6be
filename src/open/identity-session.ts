import type { CallerIdentity } from "../core/bucket-admin.ts";
import { isStorageError, StorageError } from "../core/errors.ts";
import { maskAccessKey } from "../core/mask-secrets.ts";
import { describeSource, type Settings } from "../settings/settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import { adminConnection, type OpenBucketAdminOptions } from "./open-bucket-admin.ts";
import { signInEnd } from "./sign-in-end.ts";
import { storeCredentials } from "./store-credentials.ts";

/** Whose the keys are, and where they came from; no secret is among it. */
export interface ObservedIdentity {
  /** Undefined: the store does not tell. */
  readonly identity: CallerIdentity | undefined;
  readonly whyNot: string | undefined;
  readonly accessKeyId: string;
  readonly source: string;
  /** Undefined: not known, or they do not end. */
  readonly expiration: Date | undefined;
  readonly isTemporary: boolean;
  /** When the sign-in behind the keys ends for good; undefined: not known, or none. */
  readonly signInEnds: Date | undefined;
  readonly endpointUrl: string | undefined;
  readonly region: string;
  readonly profile: string | undefined;
}

/** Throws StorageError where there are no keys, or the store does not take them. */
export async function observeIdentity(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  listener: OpenBucketAdminOptions = {},
): Promise<ObservedIdentity> {
  const store = storeSettings(settings);
  let source = staticSource(settings);
  const keys = await storeCredentials(store, undefined, {
    onExchange: (event) => {
      if (event.type === "credentials") ({ source } = event);
      listener.onExchange?.(event);
    },
  })();
  if (keys === undefined) throw new StorageError("Unauthenticated", "No credentials are set.");
  const found = await whoIs(settings, listener, () => Promise.resolve(keys));
  const { credentials, endpointUrl, region } = store;
  const isChain = credentials.kind === "aws-chain";
  return {
    ...found,
    accessKeyId: maskAccessKey(keys.accessKeyId),
    source,
    expiration: keys.expiration,
    isTemporary: keys.sessionToken !== undefined,
    signInEnds: isChain ? await signInEnd(environment, settings.awsProfile) : undefined,
    endpointUrl,
    region,
    profile: isChain ? settings.awsProfile : undefined,
  };
}

function staticSource({ storageBackend, sources }: Settings): string {
  const name = storageBackend === "qumulo" ? "storageQumuloAccessKeyId" : "storageS3AccessKeyId";
  const source = sources[name];
  return source === undefined ? "AWS's chain" : describeSource(source);
}

async function whoIs(
  settings: Settings,
  listener: OpenBucketAdminOptions,
  credentials: ReturnType<typeof adminConnection>["credentials"],
): Promise<Pick<ObservedIdentity, "identity" | "whyNot">> {
  const { SdkConnection } = await import("../aws/sdk-connection.ts");
  const { identityCalls } = await import("../aws/identity-calls.ts");
  const connection = new SdkConnection({ ...adminConnection(settings, listener), credentials });
  try {
    const identity = await identityCalls(connection).getCallerIdentity();
    return { identity, whyNot: undefined };
  } catch (error) {
    if (!isStorageError(error, "NotSupported")) throw error;
    return { identity: undefined, whyNot: error.message };
  } finally {
    connection.close();
  }
}
