import { compareKeys } from "../../core/object-key.ts";
import type { ListUploadsOptions, ListUploadsPage } from "../../core/multipart-options.ts";
import type {
  ListOptions,
  ListPage,
  ListVersionsOptions,
  ListVersionsPage,
  ListedObject,
  ListedVersion,
} from "../../core/object-store.ts";
import { listPage, placeBehind } from "./list-page.ts";
import { keysFrom, type KeptUpload, type KeptVersion, type Place, type Shelf } from "./shelf.ts";

export async function listObjects(shelf: Shelf, options: ListOptions): Promise<ListPage> {
  const { prefix, delimiter, maxKeys: limit, continuationToken, startAfter } = options;
  const after = continuationToken === undefined ? startAfter : readToken(continuationToken);
  const from = after === undefined ? undefined : placeBehind(after, prefix, delimiter);
  const page = await listPage(shelf, { prefix, delimiter, limit, from }, async (key) => {
    const [latest] = await shelf.read(key);
    return latest === undefined || latest.isDeleteMarker ? [] : [listedObject(key, latest)];
  });
  const { entries: objects, commonPrefixes, last } = page;
  return { objects, commonPrefixes, ...(last !== undefined && { continuationToken: token(last) }) };
}

function listedObject(key: string, { bytes, etag, lastModified, ...rest }: KeptVersion) {
  const { headers, checksum } = rest;
  return {
    key,
    sizeBytes: bytes.sizeBytes,
    etag,
    lastModified,
    storageClass: headers.storageClass ?? "STANDARD",
    ...(checksum !== undefined && {
      checksumAlgorithm: checksum.algorithm,
      checksumType: checksum.type,
    }),
  } satisfies ListedObject;
}

const token = (last: string): string => Buffer.from(last, "utf8").toString("base64url");
const readToken = (text: string): string => Buffer.from(text, "base64url").toString("utf8");

export async function listVersions(
  shelf: Shelf,
  options: ListVersionsOptions,
): Promise<ListVersionsPage> {
  const { prefix, delimiter, maxKeys: limit, keyMarker, versionIdMarker } = options;
  const isInside = keyMarker !== undefined && versionIdMarker !== undefined;
  const from = startOf(options, isInside);
  const page = await listPage(shelf, { prefix, delimiter, limit, from }, async (key) => {
    const versions = await shelf.read(key);
    const all = versions.map((version, index) => listedVersion(key, version, index === 0));
    if (!isInside || key !== keyMarker) return all;
    return all.slice(all.findIndex(({ versionId }) => versionId === versionIdMarker) + 1);
  });
  const { entries: versions, commonPrefixes, last } = page;
  const lastVersion = versions.at(-1);
  const next = last !== undefined && {
    nextKeyMarker: last,
    ...(lastVersion?.key === last && { nextVersionIdMarker: lastVersion.versionId }),
  };
  return { versions, commonPrefixes, ...next };
}

function listedVersion(key: string, version: KeptVersion, isLatest: boolean): ListedVersion {
  const { versionId, isDeleteMarker, lastModified, etag, headers, bytes } = version;
  const base = { key, versionId, isLatest, isDeleteMarker, lastModified };
  if (isDeleteMarker) return { ...base, sizeBytes: 0 };
  const storageClass = headers.storageClass ?? "STANDARD";
  return { ...base, sizeBytes: bytes.sizeBytes, etag, storageClass };
}

/** Uploads of one key in the order in which they began. */
export async function listUploads(
  shelf: Shelf,
  options: ListUploadsOptions,
): Promise<ListUploadsPage> {
  const { prefix, delimiter, maxUploads: limit, keyMarker, uploadIdMarker } = options;
  const byKey = await uploadsByKey(shelf);
  const isInside = keyMarker !== undefined && uploadIdMarker !== undefined;
  const from = startOf(options, isInside);
  const page = await listPage(
    { keys: (place) => keysFrom([...byKey.keys()], place) },
    { prefix, delimiter, limit, from },
    (key) => {
      const all = (byKey.get(key) ?? []).map(listedUpload);
      if (!isInside || key !== keyMarker) return Promise.resolve(all);
      const marked = all.findIndex(({ uploadId }) => uploadId === uploadIdMarker);
      return Promise.resolve(all.slice(marked + 1));
    },
  );
  const { entries: uploads, commonPrefixes, last } = page;
  const lastUpload = uploads.at(-1);
  const next = last !== undefined && {
    nextKeyMarker: last,
    ...(lastUpload?.key === last && { nextUploadIdMarker: lastUpload.uploadId }),
  };
  return { uploads, commonPrefixes, ...next };
}

async function uploadsByKey(shelf: Shelf): Promise<Map<string, KeptUpload[]>> {
  const byKey = new Map<string, KeptUpload[]>();
  const inOrder = (await shelf.uploads.all()).toSorted(
    (a, b) => compareKeys(a.key, b.key) || a.initiated.getTime() - b.initiated.getTime(),
  );
  for (const upload of inOrder) {
    const others = byKey.get(upload.key);
    if (others === undefined) byKey.set(upload.key, [upload]);
    else others.push(upload);
  }
  return byKey;
}

const listedUpload = ({ key, uploadId, initiated }: KeptUpload) => ({ key, uploadId, initiated });

interface Markers {
  readonly prefix?: string;
  readonly delimiter?: string;
  readonly keyMarker?: string;
}

/** A key is gone on with where its rest was left to a later page. */
function startOf({ keyMarker, prefix, delimiter }: Markers, isInside: boolean): Place | undefined {
  if (keyMarker === undefined) return undefined;
  return isInside ? { key: keyMarker, from: "at" } : placeBehind(keyMarker, prefix, delimiter);
}
