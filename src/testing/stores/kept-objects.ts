import { randomUUID } from "node:crypto";
import { resolveRange, type ResolvedRange } from "../../core/byte-range.ts";
import type { StorageError } from "../../core/errors.ts";
import { s3Limits } from "../../core/limits.ts";
import type {
  CopyOptions,
  CopySource,
  DeleteOptions,
  DeleteResult,
  EncryptionOptions,
  GetOptions,
  GetResult,
  HeadOptions,
  ObjectHead,
  ObjectHeaders,
  ObjectTags,
  PutOptions,
  PutResult,
  UploadBody,
  VersionOptions,
  WriteConditions,
} from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { bareEtag, matchesEtag } from "../../protocol/headers/etag.ts";
import { objectHeaders } from "../../transfer/upload/object-headers.ts";
import { takeBody } from "./measure-body.ts";
import { notSupported, refusal, type RefusedCall } from "./refusal.ts";
import type { KeptBytes, KeptVersion } from "./shelf.ts";
import { currentVersion, type StoreContext } from "./store-context.ts";

/** What a new version is made of. */
export type NewVersion = Pick<KeptVersion, "headers" | "tags" | "etag" | "bytes"> &
  Partial<Pick<KeptVersion, "checksum" | "partSizes">>;

export async function putObject(
  store: StoreContext,
  key: string,
  body: UploadBody,
  options: PutOptions,
): Promise<PutResult> {
  const call = { operation: "PutObject", bucket: store.bucket, key };
  const headers = headersOf(call, options);
  const taken = await takeBody(store.shelf, call, body, options.checksum);
  return publish(store, call, { ...taken, headers, tags: options.tags ?? {} }, options);
}

/** What is stored beside the bytes. Throws for what S3 refuses, and for keys that no one holds here. */
export function headersOf(
  call: RefusedCall,
  options: ObjectHeaders & EncryptionOptions,
): ObjectHeaders {
  if (typeof options.encryption === "object") {
    const remedy = "Start an embedded server (startTestServer) where keys of KMS matter.";
    throw notSupported(call, "this store has no keys of KMS.", remedy);
  }
  const headers = objectHeaders(options);
  const metadata = Object.entries(headers.metadata ?? {});
  const sizeBytes = metadata.reduce((sum, pair) => sum + Buffer.byteLength(pair.join("")), 0);
  if (sizeBytes > s3Limits.userMetadataBytes) throw refusal("MetadataTooLarge", call);
  return { ...headers, metadata: Object.fromEntries(metadata) };
}

/** Makes bytes the newest version of their key, if the conditions hold; else they go. */
export async function publish(
  store: StoreContext,
  call: RefusedCall & { readonly key: string },
  made: NewVersion,
  conditions: WriteConditions,
): Promise<PutResult> {
  const { shelf, isVersioned } = store;
  const { key } = call;
  try {
    return await store.turns.take(key, async () => {
      const versions = await shelf.read(key);
      const current = versions[0]?.isDeleteMarker === true ? undefined : versions[0];
      assertWritable(call, current, conditions);
      const versionId = isVersioned ? randomUUID().replaceAll("-", "") : "null";
      const facts = { versionId, isDeleteMarker: false, lastModified: store.now() };
      const version: KeptVersion = { ...made, ...facts };
      const older = isVersioned ? versions : [];
      const isNew = conditions.ifAbsent === true;
      if (!(await shelf.write(key, [version, ...older], isNew))) throw alreadyThere(call);
      return written(store, version);
    });
  } catch (error) {
    await made.bytes.discard();
    throw error;
  }
}

function written({ isVersioned }: StoreContext, version: KeptVersion): PutResult {
  const { etag, versionId, checksum } = version;
  return {
    etag,
    ...(isVersioned && { versionId }),
    ...(checksum !== undefined && { checksum }),
  };
}

function assertWritable(
  call: RefusedCall,
  current: KeptVersion | undefined,
  { ifAbsent, ifMatch }: WriteConditions,
): void {
  if (ifAbsent === true && current !== undefined) throw alreadyThere(call);
  if (ifMatch === undefined) return;
  // S3 answers that there is no such key; for the caller it is the condition that fails.
  if (current === undefined) {
    throw restateError(refusal("NoSuchKey", call), { code: "PreconditionFailed" });
  }
  if (!matchesEtag(ifMatch, bareEtag(current.etag))) throw refusal("PreconditionFailed", call);
}

function alreadyThere(call: RefusedCall): StorageError {
  return restateError(refusal("PreconditionFailed", call), { code: "AlreadyExists" });
}

export async function headObject(
  store: StoreContext,
  key: string,
  options: HeadOptions,
  operation = "HeadObject",
): Promise<ObjectHead> {
  const call = { operation, bucket: store.bucket, key };
  const version = await findVersion(store, call, options.versionId);
  assertReadable(call, version, options);
  wantedRange(call, version, options);
  return headOf(store, key, version, options);
}

export async function getObject(
  store: StoreContext,
  key: string,
  options: GetOptions,
): Promise<GetResult> {
  const call = { operation: "GetObject", bucket: store.bucket, key };
  const version = await findVersion(store, call, options.versionId);
  assertReadable(call, version, options);
  const head = headOf(store, key, version, options);
  const range = wantedRange(call, version, options);
  return range === undefined
    ? { head, body: version.bytes.open() }
    : { head, range, body: version.bytes.open(range) };
}

function wantedRange(
  call: RefusedCall,
  { bytes, partSizes }: KeptVersion,
  { range, partNumber }: GetOptions,
): ResolvedRange | undefined {
  if (partNumber !== undefined) {
    const sizes = partSizes ?? [bytes.sizeBytes];
    const size = sizes[partNumber - 1];
    if (size === undefined) throw refusal("InvalidPartNumber", call);
    const first = sizes.slice(0, partNumber - 1).reduce((sum, part) => sum + part, 0);
    return size === 0 ? undefined : { first, last: first + size - 1 };
  }
  if (range === undefined) return undefined;
  const resolved = resolveRange(range, bytes.sizeBytes);
  if (resolved === undefined) throw refusal("InvalidRange", call);
  return resolved;
}

/** Throws NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker that is named. */
export async function findVersion(
  store: StoreContext,
  call: RefusedCall & { readonly key: string },
  versionId: string | undefined,
): Promise<KeptVersion> {
  if (versionId === undefined) {
    const current = await currentVersion(store, call.key);
    if (current === undefined) throw refusal("NoSuchKey", call);
    return current;
  }
  const versions = await store.shelf.read(call.key);
  const found = versions.find((version) => version.versionId === versionId);
  if (found === undefined) throw refusal("NoSuchVersion", call);
  if (found.isDeleteMarker) throw refusal("MethodNotAllowed", call);
  return found;
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** Order and answers as RFC 9110 and S3 have them: a match of ETags outdoes times. */
function assertReadable(call: RefusedCall, version: KeptVersion, options: HeadOptions): void {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = options;
  const etag = bareEtag(version.etag);
  const modified = seconds(version.lastModified);
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, etag)) throw refusal("PreconditionFailed", call);
  } else if (ifUnmodifiedSince !== undefined && modified > seconds(ifUnmodifiedSince)) {
    throw refusal("PreconditionFailed", call);
  }
  const isSame =
    ifNoneMatch === undefined
      ? ifModifiedSince !== undefined && modified <= seconds(ifModifiedSince)
      : matchesEtag(ifNoneMatch, etag);
  if (isSame) throw refusal("NotModified", call);
}

function headOf(
  { isVersioned }: StoreContext,
  key: string,
  version: KeptVersion,
  { partNumber }: HeadOptions,
): ObjectHead {
  const { bytes, etag, lastModified, versionId, headers, checksum, partSizes, tags } = version;
  const tagCount = Object.keys(tags).length;
  return {
    contentType: "binary/octet-stream",
    ...headers,
    key,
    sizeBytes: bytes.sizeBytes,
    etag,
    // S3 tells it to the second.
    lastModified: new Date(Math.floor(lastModified.getTime() / 1000) * 1000),
    metadata: headers.metadata ?? {},
    ...(isVersioned && { versionId }),
    ...(checksum !== undefined && { checksum }),
    // S3 tells it only to who asks for a part.
    ...(partNumber !== undefined && partSizes && { partsCount: partSizes.length }),
    ...(tagCount > 0 && { tagCount }),
  };
}

const noBytes: KeptBytes = {
  sizeBytes: 0,
  async *open() {
    // None.
  },
  discard: () => Promise.resolve(),
};

export async function deleteObject(
  store: StoreContext,
  key: string,
  { versionId, ifMatch }: DeleteOptions,
): Promise<DeleteResult> {
  const { shelf, isVersioned } = store;
  const call = { operation: "DeleteObject", bucket: store.bucket, key };
  return store.turns.take(key, async () => {
    const versions = await shelf.read(key);
    const target =
      versionId === undefined
        ? versions[0]
        : versions.find((version) => version.versionId === versionId);
    const isThere = target !== undefined && !target.isDeleteMarker;
    if (ifMatch !== undefined && isThere && !matchesEtag(ifMatch, bareEtag(target.etag))) {
      throw refusal("PreconditionFailed", call);
    }
    if (versionId === undefined && isVersioned) {
      const marker: KeptVersion = {
        versionId: randomUUID().replaceAll("-", ""),
        isDeleteMarker: true,
        lastModified: store.now(),
        etag: "",
        headers: {},
        tags: {},
        bytes: noBytes,
      };
      await shelf.write(key, [marker, ...versions], false);
      return { deleteMarker: true, versionId: marker.versionId };
    }
    const rest = versions.filter((version) => version !== target);
    if (rest.length < versions.length) await shelf.write(key, rest, false);
    const deleteMarker = target?.isDeleteMarker === true;
    return versionId === undefined ? { deleteMarker } : { deleteMarker, versionId };
  });
}

/** Replaces the tags of a version, in its place. */
export async function setTags(
  store: StoreContext,
  call: RefusedCall & { readonly key: string },
  tags: ObjectTags,
  { versionId }: VersionOptions,
): Promise<void> {
  const { key } = call;
  if (Object.keys(tags).length > s3Limits.objectTags)
    throw refusal("BadRequest", call, tooManyTags);
  await store.turns.take(key, async () => {
    const versions = await store.shelf.read(key);
    const [latest] = versions;
    if (versionId === undefined && latest?.isDeleteMarker === true) {
      throw refusal("MethodNotAllowed", call);
    }
    const target = await findVersion(store, call, versionId);
    const changed = versions.map((version) =>
      version.versionId === target.versionId ? { ...version, tags: { ...tags } } : version,
    );
    await store.shelf.write(key, changed, false);
  });
}

const tooManyTags = `Object tags cannot be greater than ${s3Limits.objectTags}`;

export async function copyObject(
  store: StoreContext,
  source: CopySource,
  key: string,
  options: CopyOptions,
): Promise<PutResult> {
  const call = { operation: "CopyObject", bucket: store.bucket, key };
  const found = await copiedVersion(store, call, source);
  const replaces = options.metadataDirective === "REPLACE";
  const isSame = source.key === key && source.versionId === undefined;
  const changes = [options.storageClass, options.encryption, options.tags].some(
    (asked) => asked !== undefined,
  );
  if (isSame && !replaces && !changes) throw refusal("InvalidRequest", call, copiesOntoItself);
  const { storageClass: _, ...kept } = found.headers;
  const asked = options.storageClass !== undefined && { storageClass: options.storageClass };
  const headers = replaces ? headersOf(call, options) : { ...kept, ...asked };
  const body = { lengthBytes: found.bytes.sizeBytes, open: () => found.bytes.open() };
  const algorithm = options.checksumAlgorithm ?? found.checksum?.algorithm;
  const taken = await takeBody(store.shelf, call, body, algorithm);
  const made = { ...taken, headers, tags: options.tags ?? found.tags };
  return publish(store, call, made, options);
}

const copiesOntoItself =
  "This copy request is illegal because it is trying to copy an object to itself without changing " +
  "the object's metadata, storage class, website redirect location or encryption attributes.";

/** Throws as S3 does, and NotSupported for a source in another bucket: there is only this one. */
export async function copiedVersion(
  store: StoreContext,
  call: RefusedCall,
  source: CopySource,
): Promise<KeptVersion> {
  if (source.bucket !== undefined && source.bucket !== store.bucket) {
    const remedy = "Read it from its own store and write it here.";
    throw notSupported(call, `${source.bucket} is not a bucket of this store.`, remedy);
  }
  const found = await findVersion(store, { ...call, key: source.key }, source.versionId);
  if (source.ifMatch !== undefined && !matchesEtag(source.ifMatch, bareEtag(found.etag))) {
    throw refusal("PreconditionFailed", { ...call, key: source.key });
  }
  return found;
}
