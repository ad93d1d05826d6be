const reason = "the bucket keeps no versions";

/** Promises that only a bucket with versioning can keep, as skips of the contract. */
export const withoutVersions: Readonly<Record<string, string>> = {
  "tells the versions of a file": reason,
  "restores a version, and what was deleted": reason,
  "restores a directory as of a time": reason,
  "deletes a directory with its versions for good": reason,
};
