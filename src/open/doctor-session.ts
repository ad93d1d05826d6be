import { randomBytes } from "node:crypto";
import type { DoctorPlace } from "../checks/doctor/doctor-facts.ts";
import type { DoctorSources, FoundKeys } from "../checks/doctor/layer.ts";
import { doctorLimits } from "../core/doctor-limits.ts";
import type { ExchangeListener } from "../core/exchange-event.ts";
import { partitionOfRegion } from "../core/partition.ts";
import type { ClientEvent } from "../client/client-event.ts";
import { protectSecrets } from "../settings/protect-secrets.ts";
import type { ResolvedSettings } from "../settings/resolve-settings.ts";
import { describeSource, type Settings } from "../settings/settings.ts";
import { storeSettings, type StoreSettings } from "../settings/store-settings.ts";
import { type EnvironmentPlace, readEnvironmentFacts } from "./environment-facts.ts";
import { adminConnection } from "./open-bucket-admin.ts";
import { openObjectStore } from "./open-object-store.ts";
import { reachEndpoint } from "./reach-endpoint.ts";
import { storeCredentials } from "./store-credentials.ts";

export interface DoctorSessionOptions extends EnvironmentPlace {
  /** What is wrong with the settings is the doctor's to say. */
  readonly resolved: ResolvedSettings;
  readonly expectedAccount?: string;
  /** Whose the bucket should be; default: `expectedAccount`. */
  readonly expectedOwner?: string;
  /** Where test objects go, such as `test/`. */
  readonly prefix: string;
  readonly onEvent?: (event: ClientEvent) => void;
  readonly onExchange?: ExchangeListener;
}

/** What the doctor knows and can ask; close it when done. */
export interface DoctorSession {
  readonly place: DoctorPlace;
  readonly sources: DoctorSources;
  close(): Promise<void>;
}

/** Opens nothing yet. */
export function openDoctorSession(options: DoctorSessionOptions): DoctorSession {
  const { resolved, expectedAccount, prefix, onExchange, onEvent } = options;
  const expectedOwner = options.expectedOwner ?? expectedAccount;
  const owned = expectedOwner === undefined ? {} : { expectedBucketOwner: expectedOwner };
  const settings = hasty(resolved.settings);
  const listener = {
    ...(onExchange !== undefined && { onExchange }),
    ...(onEvent !== undefined && { onEvent }),
  };
  const siblings = `${prefix}sms-storage-doctor-`;
  const closers: (() => unknown)[] = [];
  const adminFor = (owner: { readonly expectedBucketOwner?: string }) =>
    once(async () => {
      const { createAwsBucketAdmin } = await import("../aws/bucket-admin.ts");
      const opened = createAwsBucketAdmin({ ...adminConnection(settings, listener), ...owner });
      closers.push(() => opened.close());
      return opened;
    });
  const services = once(async () => {
    const { createAccountServices } = await import("../aws/account-services.ts");
    const opened = createAccountServices(adminConnection(settings, listener), expectedOwner);
    closers.push(() => opened.close());
    return opened;
  });
  const policies = once(async () => {
    const { createPolicySources } = await import("../aws/policy-calls.ts");
    const opened = createPolicySources(adminConnection(settings, listener));
    closers.push(() => opened.close());
    return opened;
  });
  const store = once(async () => {
    const opened = await openObjectStore(settings, { ...listener, ...owned });
    closers.push(() => opened.close());
    return opened;
  });
  return {
    place: {
      ...placeOf(settings),
      ...(expectedAccount !== undefined && { expectedAccount }),
      ...(expectedOwner !== undefined && { expectedOwner }),
    },
    sources: {
      problems: resolved.problems,
      reach: once(() => reachEndpoint(lenientStore(settings))),
      environment: () => readEnvironmentFacts(options),
      findKeys: () => findKeys(settings),
      admin: adminFor(owned),
      adminOfAnyOwner: adminFor({}),
      services,
      policies,
      store,
      prefix: `${siblings}${randomBytes(6).toString("hex")}/`,
      siblings,
      now: () => new Date(),
    },
    close: async () => {
      for (const close of closers) await close();
    },
  };
}

/** A doctor who waits for a store to come back finds nothing in time. */
function hasty(settings: Settings): Settings {
  const storageRetrySeconds = Math.min(settings.storageRetrySeconds, doctorLimits.retrySeconds);
  return protectSecrets({ ...settings, storageRetrySeconds });
}

/** Where the store is, whatever is wrong with the keys. */
function lenientStore(settings: Settings): StoreSettings {
  return storeSettings(settings, settings.storageBackend, { credentials: true });
}

function placeOf(settings: Settings): DoctorPlace {
  const isQumulo = settings.storageBackend === "qumulo";
  const { storageS3Region: region, storageS3EndpointUrl, awsProfile, sources } = settings;
  const endpointUrl = isQumulo ? settings.storageQumuloEndpointUrl : storageS3EndpointUrl;
  const source = sources.storageS3Region;
  return {
    bucket: isQumulo ? settings.storageQumuloBucket : settings.storageS3Bucket,
    region,
    endpointUrl,
    partition: partitionOfRegion(region).id,
    store:
      isQumulo || endpointUrl === undefined ? (isQumulo ? "qumulo" : "aws") : dialectOf(settings),
    ...(source !== undefined && { regionSource: describeSource(source) }),
    ...(awsProfile !== undefined && { profile: awsProfile }),
  };
}

function dialectOf(settings: Settings): DoctorPlace["store"] {
  const { dialect } = lenientStore(settings);
  return dialect === "aws" || dialect === "qumulo" ? dialect : "s3";
}

/** Keys of the settings, or of AWS's chain, which tells where it found them. */
async function findKeys(settings: Settings): Promise<FoundKeys | undefined> {
  let source = sourceOfKeys(settings);
  const provider = storeCredentials(storeSettings(settings), undefined, {
    onExchange: (event) => {
      if (event.type === "credentials") source = event.source;
    },
  });
  const keys = await provider();
  if (keys === undefined) return undefined;
  const { accessKeyId, sessionToken, expiration } = keys;
  return {
    source,
    keyKind: accessKeyId.slice(0, 4),
    hasToken: sessionToken !== undefined,
    ...(expiration !== undefined && { expiration }),
  };
}

function sourceOfKeys({ sources, storageBackend }: Settings): string {
  const name = storageBackend === "qumulo" ? "storageQumuloAccessKeyId" : "storageS3AccessKeyId";
  const source = sources[name];
  return source === undefined ? "AWS's chain" : describeSource(source);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
