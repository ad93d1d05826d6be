import { randomUUID } from "node:crypto";
import { createS3Store } from "../client/create-s3-store.ts";
import { dialects } from "../client/dialects/dialect-list.ts";
import { probingDialect } from "../client/dialects/with-profile.ts";
import { isCallback, isFlag, isSignal, isText, type OptionChecks } from "../core/check-options.ts";
import { takeOptions } from "../core/take-options.ts";
import { isStorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { ProbedFact, StoreProfile } from "../core/store-profile.ts";
import type { CleanUp } from "../probes/capabilities/probe-capabilities.ts";
import { getSettings } from "../settings/get-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { requireBucket, type StoreSettings } from "../settings/store-settings.ts";
import { connection } from "./connect-store.ts";
import {
  checkSettings,
  optedStore,
  storageChecks,
  type StorageOptions,
} from "./storage-options.ts";
import { recordProfile } from "./store-profiles.ts";
import type { StoreListener } from "./store-listener.ts";

export type { CleanUp };

/** What to probe, and what to do with what is found. */
export interface ProbeOptions
  extends
    Pick<StorageOptions, "bucket" | "region" | "endpointUrl" | "credentials" | "retryForMs">,
    StoreListener {
  /** Below which it writes, under a random name. Default: the bucket's root. */
  readonly prefix?: string;
  /** Records the profile for the next to connect to this store. Default true. */
  readonly record?: boolean;
  /** Hears each finding as it comes. */
  readonly onFact?: (fact: ProbedFact) => void;
  readonly signal?: AbortSignal;
}

const { bucket, region, endpointUrl, credentials, retryForMs } = storageChecks;
const checks: OptionChecks<ProbeOptions> = {
  bucket,
  region,
  endpointUrl,
  credentials,
  retryForMs,
  onEvent: isCallback,
  onExchange: isCallback,
  onKeyTerm: isCallback,
  awaitFreshKeys: isFlag,
  prefix: isText,
  record: isFlag,
  onFact: isCallback,
  signal: isSignal,
};

/** A probed store. */
export interface ProbedStore {
  readonly profile: StoreProfile;
  readonly cleanUp: CleanUp;
  /** Where the profile was recorded; undefined: nowhere. */
  readonly file: string | undefined;
}

/**
 * Tries on a bucket what its store can do: some 60 requests and 10 to 30 MiB of uploads below a
 * temporary prefix, which is cleaned up whatever happens. Throws StorageError, and then records nothing.
 *
 * @example
 * const { profile } = await probeStore();
 * for (const { name, finding } of profile.facts) console.log(name, finding);
 */
export async function probeStore(
  settings: Settings = getSettings(),
  wished: ProbeOptions = {},
): Promise<ProbedStore> {
  checkSettings("probeStore", settings);
  const options = takeOptions("probeStore", wished, checks);
  const place = optedStore(settings, options, settings.storageBackend);
  const { cleanUpBelow, probeCapabilities } =
    await import("../probes/capabilities/probe-capabilities.ts");
  const { requestLink } = await import("./request-link.ts");
  const prefix = `${options.prefix ?? ""}sms-probe-${randomUUID()}/`;
  const [store, variant] = [false, true].map((isVariant) => open(place, options, isVariant));
  if (store === undefined || variant === undefined) throw new Error("There are two stores.");
  const facts: ProbedFact[] = [];
  let cleanUp: CleanUp;
  try {
    try {
      for await (const fact of probeCapabilities({
        store,
        variant,
        prefix,
        call: { ...(options.signal !== undefined && { signal: options.signal }) },
        request: (method, url, body) => requestLink(place, method, url, body),
      })) {
        facts.push(fact);
        options.onFact?.(fact);
      }
    } finally {
      cleanUp = await cleanUpBelow(store, prefix).catch((error: unknown): CleanUp => {
        // What cannot be cleaned up does not hide why the probe ended.
        if (!isStorageError(error)) throw error;
        return { deleted: 0, left: [prefix] };
      });
    }
  } finally {
    await Promise.all([store.close(), variant.close()]);
  }
  const profile: StoreProfile = {
    version: 1,
    endpoint: place.endpointUrl ?? "aws",
    dialect: place.dialect,
    bucket: store.bucket,
    probedAt: new Date().toISOString(),
    facts,
  };
  const isRecorded = options.record !== false && place.endpointUrl !== undefined;
  return { profile, cleanUp, file: isRecorded ? await recordProfile(profile) : undefined };
}

function open(place: StoreSettings, options: ProbeOptions, isVariant: boolean): ObjectStore {
  const dialect = probingDialect(dialects[place.dialect], isVariant);
  return createS3Store({
    bucket: requireBucket(place),
    ...connection(place, options),
    dialect,
  });
}
