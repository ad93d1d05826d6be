import { contractCases } from "../../src/testing/contract/file-service-contract.ts";

type Skips = Readonly<Record<string, string>>;

function all(titles: readonly string[], reason: string): Skips {
  return Object.fromEntries(titles.map((title) => [title, reason]));
}

const withoutVersions = all(
  [
    "tells the versions of a file",
    "restores a version, and what was deleted",
    "restores a directory as of a time",
    "deletes a directory with its versions for good",
  ],
  "the bucket keeps no versions",
);
const noForms = {
  "makes forms by which browsers upload within bounds": "the store takes no uploads by POST",
};
const noAddress = all(
  [
    "makes links that read",
    "makes links that write and delete",
    "makes forms by which browsers upload within bounds",
  ],
  "a store in this process has no address for a link",
);
const looksAtNoLink = all(
  [
    "makes links that read",
    "makes links that write and delete",
    "makes forms by which browsers upload within bounds",
  ],
  "moto checks neither signatures nor the policies of forms, so that it takes forged ones",
);
const noOrder = { "lists from a key on": "the store lists in no order" };
const shared = {
  "keeps a key of 1,024 bytes": "a key and the prefix share S3's 1,024 bytes",
};
const qumulo = {
  ...withoutVersions,
  ...noForms,
  ...noOrder,
  ...all(
    ["keeps a key of several slashes", "keeps a key of dots", "keeps a key with a leading slash"],
    "an object is a file, whose path cannot have such a name",
  ),
  "keeps a key of a trailing slash": "such a key is a directory, which has no bytes",
  "lists a directory, never its siblings": "a path is a file or a directory, not both",
  "replaces only the ETag asked for": "conditions of writes are not known to be looked at",
  "lets one of many writers of a key win, whole":
    "where nothing is written over, writers that come second are told so",
};
const noMetadata = "an object's own metadata are not kept";

/** Promises about what is refused before the store is asked for anything. */
const writesNothing: ReadonlySet<string> = new Set([
  "refuses keys that S3 has not",
  "takes nothing for no directory, and no file for one",
]);

/**
 * Every backend on which the contract runs, with the promises that it cannot keep, each with its reason.
 * A suite of another name is refused, and a skip that is kept fails, so that this is what is so.
 */
export const backends = {
  "a bucket in memory": { ...withoutVersions, ...noAddress },
  "a bucket in memory with versions": noAddress,
  "a folder": { ...withoutVersions, ...noAddress },
  "the embedded server": withoutVersions,
  "the embedded server as AWS, with versions": {},
  "the embedded server as Qumulo": { ...withoutVersions, ...noOrder, ...noForms },
  "the embedded server playing Qumulo": qumulo,
  "the embedded server playing Qumulo, probed": qumulo,
  "the embedded server playing Qumulo of before 6.3": {
    ...qumulo,
    "keeps content type and metadata, and tells them": noMetadata,
    "copies on the server": noMetadata,
    "keeps tags, replaces and removes them": "tags came with 6.3",
  },
  "Ceph's RADOS gateway": withoutVersions,
  "moto's server": { ...withoutVersions, ...looksAtNoLink },
  limitConcurrency: noAddress,
  withPrefix: { ...noAddress, ...shared },
  readOnly: all(
    contractCases.map(({ title }) => title).filter((title) => !writesNothing.has(title)),
    "it changes the bucket, which is read only",
  ),
  cacheReads: noAddress,
  observe: noAddress,
  traceCalls: noAddress,
  "injectFaults, with delays and torn bodies": noAddress,
  "all wrappers together, on the embedded server": { ...withoutVersions, ...shared },
} as const satisfies Readonly<Record<string, Skips>>;

export type BackendName = keyof typeof backends;
