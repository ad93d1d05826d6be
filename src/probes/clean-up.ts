import { isStorageError } from "../core/errors.ts";
import { isNotSupported } from "../core/reading.ts";
import { ProbeFailed, type Probe, type ProbeContext } from "./probe.ts";

/** Deleting by version leaves nothing; a plain delete on a versioned bucket leaves all of it. */
export const cleanUpProbe: Probe = {
  name: "clean-up",
  title: "Delete the files, versions and all",
  proves: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  needs: [],
  always: true,
  run: async (context) => {
    const marked: string[] = [];
    for (const { key, versionId } of context.made) {
      const gone = await deleteForGood(context, key, versionId);
      if (!gone) marked.push(key);
    }
    if (marked.length > 0) {
      return {
        detail:
          `${marked.length} marked as deleted; without s3:DeleteObjectVersion the bytes stay` +
          " until the lifecycle rule deletes them",
        proves: ["s3:DeleteObject"],
        missing: ["s3:DeleteObjectVersion"],
      };
    }
    if (context.made.length === 0) return { detail: "there was nothing to delete", proves: [] };
    const versioned = context.made.some(({ versionId }) => versionId !== undefined);
    const proves = [versioned ? deleteVersion : deletePlain];
    const deleted = `${context.made.length} deleted`;
    const left = await countLeft(context);
    if (left === undefined) return { detail: `${deleted}; versions cannot be listed here`, proves };
    if (left > 0) throw new ProbeFailed(`${left} versions are left under ${context.prefix}.`);
    return { detail: `${deleted}, nothing is left`, proves };
  },
};

const deletePlain = "s3:DeleteObject";
const deleteVersion = "s3:DeleteObjectVersion";

/** False: the version may not be deleted, so that a marker was set instead. */
async function deleteForGood(
  { store }: ProbeContext,
  key: string,
  versionId: string | undefined,
): Promise<boolean> {
  if (versionId === undefined) {
    await store.deleteObject(key);
    return true;
  }
  try {
    await store.deleteObject(key, { versionId });
    return true;
  } catch (error) {
    const isRefused = isStorageError(error, "PermissionDenied");
    // A marker would hide what Object Lock keeps, and free nothing.
    if (!isRefused || /object lock/i.test(error.message)) throw error;
    await store.deleteObject(key);
    return false;
  }
}

/** Undefined when the store has no versions or does not let them be listed. */
async function countLeft({ store, prefix }: ProbeContext): Promise<number | undefined> {
  if (store.capabilities.versioning === "no") {
    const { objects } = await store.listObjects({ prefix });
    return objects.length;
  }
  try {
    const { versions } = await store.listObjectVersions({ prefix });
    return versions.length;
  } catch (error) {
    if (isNotSupported(error) || isStorageError(error, "PermissionDenied")) return undefined;
    throw error;
  }
}
