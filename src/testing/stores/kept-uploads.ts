import { randomUUID } from "node:crypto";
import { assert } from "../../core/assert.ts";
import type { ObjectChecksum } from "../../core/checksum.ts";
import { s3Limits } from "../../core/limits.ts";
import type {
  CompleteOptions,
  CopyPartOptions,
  CreateUploadOptions,
  ListPartsOptions,
  ListPartsPage,
  UploadPartOptions,
} from "../../core/multipart-options.ts";
import type {
  CopySource,
  PartAddress,
  PutResult,
  UploadAddress,
  UploadBody,
  UploadedPart,
} from "../../core/object-store.ts";
import { checksumOfParts } from "../../protocol/checksums/checksum-of-parts.ts";
import { bareEtag } from "../../protocol/headers/etag.ts";
import { multipartEtag } from "../../transfer/multipart-etag.ts";
import { copiedVersion, headersOf, publish } from "./kept-objects.ts";
import { takeBody } from "./measure-body.ts";
import { refusal, type RefusedCall } from "./refusal.ts";
import type { KeptPart, KeptUpload } from "./shelf.ts";
import type { StoreContext } from "./store-context.ts";

type KeyCall = RefusedCall & { readonly key: string };

export async function createUpload(
  store: StoreContext,
  key: string,
  options: CreateUploadOptions,
): Promise<string> {
  const call = { operation: "CreateMultipartUpload", bucket: store.bucket, key };
  const { checksumAlgorithm: asked, checksumType } = options;
  const algorithm = asked === "none" ? undefined : (asked ?? "CRC32");
  const usual = algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  const upload: KeptUpload = {
    key,
    uploadId: randomUUID(),
    initiated: store.now(),
    headers: headersOf(call, options),
    tags: options.tags ?? {},
    algorithm,
    type: algorithm === undefined ? undefined : (checksumType ?? usual),
  };
  await store.shelf.uploads.begin(upload);
  return upload.uploadId;
}

async function openUpload(
  store: StoreContext,
  call: KeyCall,
  address: UploadAddress,
): Promise<KeptUpload> {
  const upload = await store.shelf.uploads.find(address);
  if (upload === undefined) throw refusal("NoSuchUpload", call);
  return upload;
}

export async function uploadPart(
  store: StoreContext,
  address: PartAddress,
  body: UploadBody,
  options: UploadPartOptions,
): Promise<UploadedPart> {
  const call = { operation: "UploadPart", bucket: store.bucket, key: address.key };
  return keepPart(store, call, address, body, options.checksum);
}

export async function uploadPartCopy(
  store: StoreContext,
  address: PartAddress,
  source: CopySource,
  { range }: CopyPartOptions,
): Promise<UploadedPart> {
  const call = { operation: "UploadPartCopy", bucket: store.bucket, key: address.key };
  const { bytes } = await copiedVersion(store, call, source);
  if (range !== undefined && range.last >= bytes.sizeBytes) throw refusal("InvalidRange", call);
  const lengthBytes = range === undefined ? bytes.sizeBytes : range.last - range.first + 1;
  return keepPart(store, call, address, { lengthBytes, open: () => bytes.open(range) }, "auto");
}

async function keepPart(
  store: StoreContext,
  call: KeyCall,
  address: PartAddress,
  body: UploadBody,
  choice: UploadPartOptions["checksum"],
): Promise<UploadedPart> {
  const upload = await openUpload(store, call, address);
  const wanted = choice === undefined || choice === "auto" ? upload.algorithm : choice;
  const taken = await takeBody(store.shelf, call, body, wanted ?? "none");
  const { partNumber } = address;
  const part: KeptPart = { partNumber, ...taken };
  // The upload may have ended while its part came in.
  try {
    await store.turns.take(upload.uploadId, async () => {
      await openUpload(store, call, address);
      await store.shelf.uploads.putPart(upload, part);
    });
  } catch (error) {
    await taken.bytes.discard();
    throw error;
  }
  return answeredPart(part, upload);
}

function answeredPart(part: KeptPart, { algorithm }: KeptUpload): UploadedPart {
  const { partNumber, etag, bytes, checksum } = part;
  const shows = algorithm !== undefined && checksum !== undefined;
  return { partNumber, etag, sizeBytes: bytes.sizeBytes, ...(shows && { checksum }) };
}

export async function completeUpload(
  store: StoreContext,
  address: UploadAddress,
  parts: readonly UploadedPart[],
  options: CompleteOptions,
): Promise<PutResult> {
  const call = { operation: "CompleteMultipartUpload", bucket: store.bucket, key: address.key };
  return store.turns.take(address.uploadId, async () => {
    const upload = await openUpload(store, call, address);
    const chosen = chooseParts(call, parts, await store.shelf.uploads.parts(upload));
    const checksum = wholeChecksum(upload, chosen);
    const expected = options.checksum?.value;
    if (expected !== undefined && checksum !== undefined && expected !== checksum.value) {
      throw refusal("BadDigest", call);
    }
    const bytes = await store.shelf.keep(allBytes(chosen));
    const { headers, tags } = upload;
    const partSizes = chosen.map((part) => part.bytes.sizeBytes);
    const etag = multipartEtag(chosen.map((part) => part.etag));
    assert(etag !== undefined, "parts are known by their MD5s");
    const made = { bytes, headers, tags, etag, partSizes };
    const result = await publish(
      store,
      call,
      checksum === undefined ? made : { ...made, checksum },
      options,
    );
    await store.shelf.uploads.end(upload);
    return result;
  });
}

const isTooSmall = ({ bytes }: KeptPart): boolean => bytes.sizeBytes < s3Limits.minPartBytes;

function chooseParts(
  call: RefusedCall,
  asked: readonly UploadedPart[],
  stored: readonly KeptPart[],
): KeptPart[] {
  if (asked.length === 0) throw refusal("MalformedXML", call);
  const byNumber = new Map(stored.map((part) => [part.partNumber, part]));
  let before = 0;
  const chosen = asked.map(({ partNumber, etag }) => {
    if (partNumber <= before) throw refusal("InvalidPartOrder", call);
    before = partNumber;
    const part = byNumber.get(partNumber);
    if (part === undefined || bareEtag(part.etag) !== bareEtag(etag)) {
      throw refusal("InvalidPart", call);
    }
    return part;
  });
  if (chosen.slice(0, -1).some(isTooSmall)) throw refusal("EntityTooSmall", call);
  return chosen;
}

async function* allBytes(parts: readonly KeptPart[]): AsyncGenerator<Uint8Array> {
  for (const { bytes } of parts) yield* bytes.open();
}

function wholeChecksum(
  { algorithm, type }: KeptUpload,
  parts: readonly KeptPart[],
): ObjectChecksum | undefined {
  if (algorithm === undefined || type === undefined) return undefined;
  const sums = parts.map(({ checksum, bytes }) => ({
    value: checksum?.algorithm === algorithm ? checksum.value : undefined,
    lengthBytes: bytes.sizeBytes,
  }));
  return checksumOfParts(algorithm, type, sums);
}

export async function abortUpload(store: StoreContext, address: UploadAddress): Promise<boolean> {
  return store.turns.take(address.uploadId, async () => {
    const upload = await store.shelf.uploads.find(address);
    if (upload === undefined) return false;
    const parts = await store.shelf.uploads.parts(upload);
    await store.shelf.uploads.end(upload);
    await Promise.all(parts.map(({ bytes }) => bytes.discard()));
    return true;
  });
}

export async function listParts(
  store: StoreContext,
  address: UploadAddress,
  { partNumberMarker = 0, maxParts }: ListPartsOptions,
): Promise<ListPartsPage> {
  const call = { operation: "ListParts", bucket: store.bucket, key: address.key };
  const upload = await openUpload(store, call, address);
  const all = await store.shelf.uploads.parts(upload);
  const rest = all.filter(({ partNumber }) => partNumber > partNumberMarker);
  const parts = rest
    .slice(0, Math.min(maxParts ?? s3Limits.listPageKeys, s3Limits.listPageKeys))
    .map((part) => answeredPart(part, upload));
  const last = parts.at(-1)?.partNumber;
  const isCut = parts.length < rest.length && last !== undefined;
  return { parts, ...(isCut && { nextPartNumberMarker: last }) };
}
