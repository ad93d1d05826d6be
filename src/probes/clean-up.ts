import { isStorageError, type StorageError } from "../core/errors.ts";
import { countOf } from "../core/count-of.ts";
import type { UploadAddress } from "../core/object-store.ts";
import { isNotSupported } from "../core/reading.ts";
import { type MadeObject, ProbeFailed, type Probe, type ProbeContext } from "./probe.ts";

const deletePlain = "s3:DeleteObject";
const deleteVersion = "s3:DeleteObjectVersion";

/** Deleting by version leaves nothing; a plain delete leaves a marker wherever versions are kept. */
export const cleanUpProbe: Probe = {
  name: "clean-up",
  title: "Delete the files, versions and all",
  proves: [deletePlain, deleteVersion],
  needs: [],
  always: true,
  run: async (context) => {
    const { made, unfinished } = context;
    const begun = [...unfinished, ...(await lostTrackOf(context))];
    if (made.length === 0 && begun.length === 0) {
      return { detail: "there was nothing to delete", proves: [] };
    }
    const deleted = await deleteAll(context, begun);
    const marked = deleted.filter(({ marks }) => marks);
    if (marked.length > 0) return { ...markedOnly(marked), proves: [deletePlain] };
    const proves = [...new Set(deleted.flatMap((each) => each.proves))];
    const done = [
      ...(made.length === 0 ? [] : [`${made.length} deleted`]),
      ...(begun.length === 0 ? [] : [`${countOf(begun.length, "unfinished upload")} ended`]),
    ].join(", ");
    const left = made.length === 0 ? 0 : await sweep(context);
    if (left === undefined) return { detail: `${done}; versions cannot be listed here`, proves };
    if (left > 0) throw new ProbeFailed(`${left} versions are left under ${context.prefix}.`);
    return { detail: `${done}, nothing is left`, proves };
  },
};

/** One that cannot be had away keeps none of the others; the first failure is thrown in the end. */
async function deleteAll(
  context: ProbeContext,
  begun: readonly UploadAddress[],
): Promise<readonly Deleted[]> {
  const failures: unknown[] = [];
  const deleted: Deleted[] = [];
  for (const upload of begun) await end(context, upload).catch((error) => failures.push(error));
  for (const each of context.made) {
    const gone = await deleteForGood(context, each).catch((error) => void failures.push(error));
    if (gone !== undefined) deleted.push(gone);
  }
  if (failures.length > 0) throw failures[0];
  return deleted;
}

function markedOnly(marked: readonly Deleted[]): { detail: string; missing: readonly string[] } {
  const stays = marked.some(({ keepsBytes }) => keepsBytes) ? "the bytes stay" : "the markers stay";
  return {
    detail:
      `${marked.length} marked as deleted; without s3:DeleteObjectVersion ${stays}` +
      " until the lifecycle rule deletes them",
    missing: [deleteVersion],
  };
}

/**
 * Uploads whose begin was never answered, and those that earlier runs were kept from ending. Where they
 * cannot be listed nothing is known of them.
 */
async function lostTrackOf(context: ProbeContext): Promise<readonly UploadAddress[]> {
  const { store, prefix, siblings, unfinished } = context;
  const known = new Set(unfinished.map(({ uploadId }) => uploadId));
  const page = await store
    .listMultipartUploads({ prefix: siblings?.prefix ?? prefix })
    .catch((error: unknown) => {
      if (!isStorageError(error)) throw error;
      return undefined;
    });
  const uploads = page?.uploads ?? [];
  return uploads.filter(({ key, uploadId, initiated }) => {
    const isOver = siblings !== undefined && initiated < siblings.before;
    return !known.has(uploadId) && (isOver || key.startsWith(prefix));
  });
}

async function end({ store, unfinished }: ProbeContext, upload: UploadAddress): Promise<void> {
  const { key, uploadId } = upload;
  await store.abortMultipartUpload({ key, uploadId });
  const at = unfinished.indexOf(upload);
  if (at !== -1) unfinished.splice(at, 1);
}

/** What became of an object. */
interface Deleted {
  /** The version may not be deleted, so that a marker stands in its place. */
  readonly marks: boolean;
  /** What the marker hides is there still. */
  readonly keepsBytes: boolean;
  readonly proves: readonly string[];
}

async function deleteForGood(context: ProbeContext, object: MadeObject): Promise<Deleted> {
  const { key, versionId } = object;
  if (versionId === undefined) return deletePlainly(context, key);
  try {
    await context.store.deleteObject(key, { versionId });
    return { marks: false, keepsBytes: false, proves: [deleteVersion] };
  } catch (error) {
    if (!isRefused(error)) throw error;
    await context.store.deleteObject(key);
    return { marks: true, keepsBytes: true, proves: [deletePlain] };
  }
}

/** While versioning is suspended, a marker takes the place of the version "null"; it goes, too. */
async function deletePlainly({ store }: ProbeContext, key: string): Promise<Deleted> {
  const { deleteMarker, versionId = "null" } = await store.deleteObject(key);
  if (!deleteMarker) return { marks: false, keepsBytes: false, proves: [deletePlain] };
  try {
    await store.deleteObject(key, { versionId });
    return { marks: false, keepsBytes: false, proves: [deletePlain, deleteVersion] };
  } catch (error) {
    if (!isRefused(error)) throw error;
    return { marks: true, keepsBytes: false, proves: [deletePlain] };
  }
}

/** A marker would hide what Object Lock keeps, and free nothing. */
function isRefused(error: unknown): error is StorageError {
  return isStorageError(error, "PermissionDenied") && !/object lock/i.test(error.message);
}

/**
 * Deletes what is left under the prefix, which is nobody else's: of a write whose answer was lost no
 * version is known. Answers how many versions stay; undefined where they cannot be listed.
 */
async function sweep(context: ProbeContext): Promise<number | undefined> {
  const left = await listLeft(context);
  if (left === undefined || left.length === 0) return left?.length;
  for (const { key, versionId } of left) {
    await context.store.deleteObject(key, versionId === undefined ? {} : { versionId });
  }
  return (await listLeft(context))?.length;
}

async function listLeft({ store, prefix }: ProbeContext): Promise<readonly Left[] | undefined> {
  if (store.capabilities.versioning === "no") return (await store.listObjects({ prefix })).objects;
  return (await store.listObjectVersions({ prefix }).catch(unlessListed))?.versions;
}

interface Left {
  readonly key: string;
  readonly versionId?: string;
}

/** Nothing, where a store has no such listing or does not let it be had; throws anything else. */
function unlessListed(error: unknown): undefined {
  if (!isNotSupported(error) && !isStorageError(error, "PermissionDenied")) throw error;
  return undefined;
}
