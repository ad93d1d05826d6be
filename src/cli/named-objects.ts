import { StorageError } from "../core/errors.ts";
import { formatS3Uri, type S3Uri } from "../core/object-key.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { isMissingObject } from "../transfer/objects/object-exists.ts";
import { UsageError } from "./exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "./option-values.ts";
import { momentOption } from "./selection-options.ts";

/** An object, or one of its versions. */
export interface NamedObject extends S3Uri {
  readonly versionId?: string;
}

/** Which of an object's versions is meant, and how its name is read. */
export interface NamingWish {
  readonly versionId?: string;
  /** `--as-of`. */
  readonly moment?: Date;
  /** Wildcards are characters of the key. */
  readonly raw: boolean;
  readonly signal: AbortSignal;
}

/** `--version-id`, `--as-of` and `--raw` of commands that read objects. Throws UsageError. */
export function readNaming(options: OptionValues, signal: AbortSignal): NamingWish {
  const versionId = textOption(options, "versionId");
  const moment = momentOption(options, new Date());
  if (versionId !== undefined && moment !== undefined) {
    throw new UsageError("--version-id and --as-of exclude each other.", "Leave one of them out.");
  }
  const version = versionId !== undefined && { versionId };
  const raw = flagOption(options, "raw");
  return { ...version, ...(moment !== undefined && { moment }), raw, signal };
}

/**
 * Every object that a place names, in key order: itself, or those whose keys fit its wildcards. An
 * object whose key has these very characters comes before the pattern. Throws NotFound where there
 * is none.
 */
export async function* namedObjects(
  store: ObjectStore,
  uri: S3Uri,
  wish: NamingWish,
): AsyncGenerator<NamedObject, void> {
  const { readKeyPattern } = await import("../transfer/selection/key-pattern.ts");
  const pattern = wish.raw ? undefined : readKeyPattern(uri.key);
  const isPattern = pattern !== undefined && !(await isThere(store, uri.key, wish));
  if (pattern === undefined || !isPattern) {
    yield await oneObject(store, uri, wish);
    return;
  }
  if (wish.versionId !== undefined) {
    throw new UsageError(
      "--version-id names a version of one object, not of a pattern.",
      "With --raw the wildcards are characters of the key.",
    );
  }
  let found = 0;
  for await (const object of objectsUnder(store, pattern.prefix, wish)) {
    if (!pattern.matches(object.key)) continue;
    found += 1;
    yield object;
  }
  if (found === 0) throw noneFits(uri);
}

/** The object as it is named, of a moment the version that was current then. */
export async function oneObject(
  store: ObjectStore,
  uri: S3Uri,
  { versionId, moment, signal }: NamingWish,
): Promise<NamedObject> {
  if (moment === undefined) return versionId === undefined ? uri : { ...uri, versionId };
  const { versionAsOf } = await import("../transfer/versions/as-of.ts");
  const version = await versionAsOf(store, uri.key, moment, { signal });
  return { ...uri, versionId: version.versionId };
}

async function isThere(store: ObjectStore, key: string, wish: NamingWish): Promise<boolean> {
  const { signal, versionId } = wish;
  if (wish.moment !== undefined) {
    const found = oneObject(store, { bucket: store.bucket, key }, wish);
    return found.then(() => true, answersMissing);
  }
  const version = versionId !== undefined && { versionId };
  return store.headObject(key, { ...version, signal }).then(() => true, answersMissing);
}

/** What may not be looked at may still be listed. */
function answersMissing(error: unknown): false {
  const isOpen = error instanceof StorageError && error.code === "PermissionDenied";
  if (isMissingObject(error) || isOpen) return false;
  throw error;
}

async function* objectsUnder(
  store: ObjectStore,
  prefix: string,
  { moment, signal }: NamingWish,
): AsyncGenerator<NamedObject, void> {
  const { bucket } = store;
  if (moment !== undefined) {
    const { pagesAsOf } = await import("../transfer/versions/as-of.ts");
    for await (const { objects } of pagesAsOf(store, prefix, moment, { signal })) {
      for (const { key, versionId } of objects) yield { bucket, key, versionId };
    }
    return;
  }
  const { listPages } = await import("../transfer/objects/list-pages.ts");
  for await (const { objects } of listPages(store, prefix, { signal })) {
    for (const { key } of objects) yield { bucket, key };
  }
}

function noneFits(uri: S3Uri): StorageError {
  const text = formatS3Uri(uri);
  const folder = text.slice(0, text.search(/[^/]*[*?[]/));
  return new StorageError("NotFound", `No object fits ${text}`, {
    ...uri,
    remedy: `See what is there: sms-storage ls -r ${folder}`,
  });
}
