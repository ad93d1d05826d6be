import { StorageError } from "../../core/errors.ts";
import { clientLimits } from "../../core/limits.ts";
import type { Settings } from "../../settings/settings.ts";
import { parseS3Uri } from "../../core/object-key.ts";
import { configuredBucket } from "../context.ts";
import type { Candidate } from "./wanted-at.ts";

/** Places that begin so: buckets, then prefixes and keys one folder deep. */
export async function places(
  text: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const scheme = "s3://";
  if (!text.startsWith(scheme)) {
    const bucket = configuredBucket(settings);
    const keys = bucket === undefined ? [] : await keysUnder(bucket, text, settings, signal);
    return scheme.startsWith(text) ? [{ value: scheme }, ...keys] : keys;
  }
  const uri = parseS3Uri(text);
  if (uri === undefined || !text.slice(scheme.length).includes("/")) {
    const names = await buckets(text.slice(scheme.length), settings, signal);
    return names.map(({ value }) => ({ value: `${scheme}${value}/` }));
  }
  const keys = await keysUnder(uri.bucket, uri.key, settings, signal);
  return keys.map(({ value, ...rest }) => ({ value: `${scheme}${uri.bucket}/${value}`, ...rest }));
}

/** Buckets whose names begin so. */
export async function buckets(
  text: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const { openBucketService } = await import("../../open/open-bucket-service.ts");
  const service = openBucketService(settings);
  try {
    const page = await service.listBuckets({ signal });
    const names = page.buckets.map(({ name }) => name).filter((name) => name.startsWith(text));
    return names.slice(0, clientLimits.completionWords).map((value) => ({ value }));
  } finally {
    await service.close();
  }
}

async function keysUnder(
  bucket: string,
  prefix: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const { openObjectStore } = await import("../../open/open-object-store.ts");
  const store = await openObjectStore(settings, { bucket });
  try {
    const { listPages } = await import("../../transfer/objects/list-pages.ts");
    const maxKeys = clientLimits.completionWords;
    const options = { delimiter: "/", signal, pageKeys: () => maxKeys };
    for await (const { commonPrefixes, objects } of listPages(store, prefix, options)) {
      const folders = commonPrefixes.map((value) => ({ value }));
      return [...folders, ...objects.map(({ key }) => ({ value: key }))].slice(0, maxKeys);
    }
    return [];
  } finally {
    await store.close();
  }
}

/** Profiles of AWS's shared files that begin so. */
export async function profiles(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Candidate[]> {
  const { readSharedFiles } = await import("../../aws/shared-profiles.ts");
  const found = await readSharedFiles(environment);
  return [...found.profiles.keys()]
    .filter((name) => name.startsWith(text))
    .map((value) => ({ value }));
}

/** Rejects when the time is over; whoever waits for a completion waits with a finger on the key. */
export async function withinTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      reject(new StorageError("Timeout", "The look-up took too long."));
    }, clientLimits.completionLookMs);
  });
  try {
    return await Promise.race([work(controller.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}
