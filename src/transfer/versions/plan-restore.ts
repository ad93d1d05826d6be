import { StorageError } from "../../core/errors.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import type { CallOptions, ListedVersion, ObjectStore } from "../../core/object-store.ts";
import { shellWord } from "../../core/shell-word.ts";
import { versionPages, versionsOfKey } from "./version-pages.ts";

/** What restoring means for one key. */
export type RestoreStep =
  /** Put `version` on top of `current`, which may be a delete marker. */
  | { readonly kind: "restore"; readonly version: ListedVersion; readonly current: ListedVersion }
  /** It is as it should be already: this version, or deleted. */
  | { readonly kind: "unchanged"; readonly key: string; readonly versionId?: string }
  /** It exists, and no version from that moment is kept, or it was deleted then; it is left alone. */
  | { readonly kind: "newer"; readonly key: string }
  /** It is deleted, and no version of it is kept. */
  | {
      readonly kind: "gone";
      readonly key: string;
      /** It was deleted while versioning was suspended: the delete marker's id is `null`. */
      readonly isOfSuspended: boolean;
    };

export interface RestoreWish {
  /** The state to go back to. Default: what was there before it was deleted. */
  readonly moment?: Date;
  /** Whether `place` is one key and not a prefix. */
  readonly isKey: boolean;
  /** Default: all. */
  readonly accepts?: (version: ListedVersion) => boolean;
}

/**
 * What there is to restore of a key, or of each key under a prefix in their order. Holds some facts
 * of one key and one page, however many versions there are; a key is told when all of them are read,
 * so that versions written meanwhile are not met again.
 */
export async function* planRestore(
  store: ObjectStore,
  place: string,
  { moment, isKey, accepts = () => true }: RestoreWish,
  call: CallOptions = {},
): AsyncGenerator<RestoreStep, void> {
  let history: KeyHistory | undefined;
  for await (const versions of isKey
    ? versionsOfKey(store, place, call)
    : pagesOfVersions(store, place, call)) {
    for (const version of versions) {
      if (history?.current.key === version.key) {
        history.add(version);
        continue;
      }
      if (history !== undefined && accepts(history.current)) yield history.step();
      history = new KeyHistory(version, moment);
    }
  }
  if (history !== undefined && accepts(history.current)) yield history.step();
}

/** One version of a key, named. Throws NotFound; InvalidArgument for a delete marker, which has no bytes. */
export async function planVersion(
  store: ObjectStore,
  key: string,
  versionId: string,
  call: CallOptions = {},
): Promise<Extract<RestoreStep, { kind: "restore" | "unchanged" }>> {
  const { bucket } = store;
  const uri = formatS3Uri({ bucket, key });
  let current;
  for await (const versions of versionsOfKey(store, key, call)) {
    current ??= versions[0];
    const version = versions.find((one) => one.versionId === versionId);
    if (version === undefined || current === undefined) continue;
    if (version.isDeleteMarker) {
      const message = `${versionId} is a delete marker of ${uri}.`;
      const remedy = "Name a version with bytes, or delete the object.";
      throw new StorageError("InvalidArgument", message, { bucket, key, remedy });
    }
    return version === current
      ? { kind: "unchanged", key, versionId }
      : { kind: "restore", version, current };
  }
  const message = `${uri} has no version ${versionId}.`;
  const remedy = `Its versions: sms-storage versions ${uri}`;
  throw new StorageError("NotFound", message, { bucket, key, remedy });
}

/** Why nothing of a deleted object can be had, and how the next one is kept. */
export function whyGone(bucket: string, isOfSuspended: boolean): string {
  const why = isOfSuspended
    ? "Versioning was suspended when it was deleted: what is deleted or overwritten now is gone for good."
    : "What is deleted while versioning is off, or older than the bucket keeps versions, is gone for good.";
  const command = `sms-storage setup --bucket ${shellWord(bucket)} --versioning Enabled`;
  return `${why} Have versions kept from now on: ${command}`;
}

async function* pagesOfVersions(
  store: ObjectStore,
  prefix: string,
  call: CallOptions,
): AsyncGenerator<readonly ListedVersion[], void> {
  for await (const { versions } of versionPages(store, prefix, call)) yield versions;
}

/** What has to be known of a key's versions, newest first. */
class KeyHistory {
  readonly current: ListedVersion;
  readonly #moment: Date | undefined;
  /** Of the moment, also a delete marker; without a moment the newest that is none. */
  #wanted: ListedVersion | undefined;

  constructor(current: ListedVersion, moment: Date | undefined) {
    this.current = current;
    this.#moment = moment;
    this.add(current);
  }

  add(version: ListedVersion): void {
    const fits =
      this.#moment === undefined ? !version.isDeleteMarker : version.lastModified <= this.#moment;
    if (fits) this.#wanted ??= version;
  }

  step(): RestoreStep {
    const { current } = this;
    const { key } = current;
    const wanted = this.#wanted;
    if (wanted === undefined || wanted.isDeleteMarker) {
      if (this.#moment === undefined) {
        const isOfSuspended = current.isDeleteMarker && current.versionId === "null";
        return { kind: "gone", key, isOfSuspended };
      }
      return current.isDeleteMarker ? { kind: "unchanged", key } : { kind: "newer", key };
    }
    const { versionId } = wanted;
    if (versionId === current.versionId) return { kind: "unchanged", key, versionId };
    return { kind: "restore", version: wanted, current };
  }
}
