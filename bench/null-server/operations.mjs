// @ts-check
// What the null server answers. Names of operations are S3's.
import { contentChecksum, contentEtag, contentPieces } from "./content.mjs";
import { lastModified, listing } from "./listing.mjs";
/** @import { Headers } from "./http-connection.mjs" */
/** @import { SyntheticKeys } from "./synthetic-keys.mjs" */
/** @import { Stored, Upload, Uploads } from "./uploads.mjs" */

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} bucket
 * @property {string} key
 * @property {URLSearchParams} query
 * @property {Headers} headers
 * @property {number} bodyBytes of the object, without framing
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} [headers] lines, each with its end
 * @property {string} [xml]
 * @property {Iterable<Buffer>} [pieces] of a body that is not text
 * @property {number} [pieceBytes] of all pieces; alone: the length that HEAD tells
 */

/** @typedef {{ keys: SyntheticKeys, uploads: Uploads, crc32?: number, body?: string }} State */

const emptyMd5 = "d41d8cd98f00b204e9800998ecf8427e";
const modified = lastModified.toUTCString();
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/**
 * S3's name of what is asked for.
 * @param {Request} request
 */
export function operationOf({ method, bucket, key, query, headers }) {
  if (bucket === "") return "ListBuckets";
  if (key === "") return bucketOperation(method, query);
  const isCopy = headers["x-amz-copy-source"] !== undefined;
  if (query.has("uploadId")) {
    if (method === "PUT") return isCopy ? "UploadPartCopy" : "UploadPart";
    if (method === "POST") return "CompleteMultipartUpload";
    return method === "DELETE" ? "AbortMultipartUpload" : "ListParts";
  }
  if (query.has("uploads")) return "CreateMultipartUpload";
  if (query.has("tagging")) return "GetObjectTagging";
  if (method === "PUT") return isCopy ? "CopyObject" : "PutObject";
  if (method === "DELETE") return "DeleteObject";
  return method === "HEAD" ? "HeadObject" : "GetObject";
}

/**
 * @param {string} method
 * @param {URLSearchParams} query
 */
function bucketOperation(method, query) {
  if (method === "POST" && query.has("delete")) return "DeleteObjects";
  if (method === "HEAD") return "HeadBucket";
  if (method === "PUT") return "CreateBucket";
  if (method === "DELETE") return "DeleteBucket";
  if (query.has("uploads")) return "ListMultipartUploads";
  if (query.has("location")) return "GetBucketLocation";
  if (query.has("versions")) return "ListObjectVersions";
  return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
}

/** @type {Record<string, (request: Request, state: State) => Answer>} */
const answers = {
  ListBuckets: () => xml("<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"),
  HeadBucket: () => ({ status: 200, headers: "x-amz-bucket-region: us-east-1\r\n" }),
  CreateBucket: () => ({ status: 200 }),
  DeleteBucket: () => ({ status: 204 }),
  GetBucketLocation: () => xml("<LocationConstraint/>"),
  GetObjectTagging: () => xml("<Tagging><TagSet/></Tagging>"),
  ListMultipartUploads: (_, { uploads }) => xml(uploadList(uploads)),
  ListObjects: list,
  ListObjectsV2: list,
  ListObjectVersions: list,
  DeleteObjects: (_, { body = "" }) => xml(deleted(body)),
  DeleteObject: ({ key }, { uploads }) => {
    uploads.objects.delete(key);
    return { status: 204 };
  },
  PutObject: (request, { uploads, crc32 }) => {
    const stored = storedFrom(request, crc32);
    uploads.objects.set(request.key, stored);
    return { status: 200, headers: stored.echoed };
  },
  CreateMultipartUpload: ({ bucket, key, headers }, { uploads }) => {
    const id = uploads.begin(key, echoedOf(headers));
    const result = `<Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId>`;
    return xml(`<InitiateMultipartUploadResult>${result}</InitiateMultipartUploadResult>`);
  },
  UploadPart: (request, { uploads, crc32 }) => {
    const { parts, number } = partOf(request, uploads);
    if (parts === undefined) return noSuchUpload;
    const stored = storedFrom(request, crc32);
    parts.set(number, stored);
    return { status: 200, headers: stored.echoed };
  },
  UploadPartCopy: (request, { uploads }) => {
    const { parts, number } = partOf(request, uploads);
    if (parts === undefined) return noSuchUpload;
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers["x-amz-copy-source-range"] ?? "");
    const size = range === null ? 0 : Number(range[2]) - Number(range[1]) + 1;
    const etag = contentEtag(0);
    parts.set(number, { size, echoed: `ETag: ${etag}\r\n`, crc32: undefined });
    return xml(`<CopyPartResult>${copied(etag)}</CopyPartResult>`);
  },
  CompleteMultipartUpload: complete,
  AbortMultipartUpload: ({ query }, { uploads }) => {
    uploads.inProgress.delete(query.get("uploadId") ?? "");
    return { status: 204 };
  },
  ListParts: listParts,
  CopyObject: ({ key, headers }, { keys, uploads }) => {
    const source = decodeURIComponent(headers["x-amz-copy-source"] ?? "").replace(
      /^\/?[^/]+\//,
      "",
    );
    const found = keys.find(source);
    if (found === undefined && !uploads.objects.has(source)) return noSuchKey;
    const size = found?.size ?? uploads.objects.get(source)?.size ?? 0;
    const etag = contentEtag(size);
    uploads.objects.set(key, { size, echoed: `ETag: ${etag}\r\n`, crc32: undefined });
    return xml(`<CopyObjectResult>${copied(etag)}</CopyObjectResult>`);
  },
  HeadObject: getObject,
  GetObject: getObject,
};

/**
 * @param {string} operation
 * @param {Request} request
 * @param {State} state
 * @returns {Answer}
 */
export function answerTo(operation, request, state) {
  return answers[operation]?.(request, state) ?? error(501, "NotImplemented");
}

export const slowDown = error(503, "SlowDown");
const noSuchKey = error(404, "NoSuchKey");
const noSuchUpload = error(404, "NoSuchUpload");

/**
 * @param {number} status
 * @param {string} code
 * @returns {Answer}
 */
function error(status, code) {
  return {
    status,
    xml: `${declaration}<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  };
}

/**
 * @param {string} text
 * @returns {Answer}
 */
function xml(text) {
  return { status: 200, xml: declaration + text };
}

/**
 * @param {Request} request
 * @param {State} state
 */
function list({ bucket, query }, { keys }) {
  return { status: 200, xml: listing(keys, bucket, query) };
}

/**
 * @param {Request} request
 * @param {number | undefined} crc32
 * @returns {Stored}
 */
function storedFrom({ headers, bodyBytes }, crc32) {
  const etag = `"${statedMd5(headers) ?? emptyMd5}"`;
  return { size: bodyBytes, echoed: `${echoedOf(headers)}ETag: ${etag}\r\n`, crc32 };
}

/**
 * rclone and s3cmd compare the ETag with their MD5; they say it themselves.
 * @param {Headers} headers
 */
function statedMd5(headers) {
  const md5 = headers["content-md5"];
  if (md5 !== undefined) return Buffer.from(md5, "base64").toString("hex");
  return /\bmd5:([0-9a-f]{32})/.exec(headers["x-amz-meta-s3cmd-attrs"] ?? "")?.[1];
}

/** @param {Headers} headers */
function echoedOf(headers) {
  let lines = "";
  for (const [name, value] of Object.entries(headers)) {
    const isChecksum = name.startsWith("x-amz-checksum-") && name !== "x-amz-checksum-mode";
    if (isChecksum || name.startsWith("x-amz-meta-")) lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/**
 * @param {Request} request
 * @param {Uploads} uploads
 */
function partOf({ query }, uploads) {
  const upload = uploads.inProgress.get(query.get("uploadId") ?? "");
  return { parts: upload?.parts, number: Number(query.get("partNumber")) };
}

/**
 * @param {Request} request
 * @param {State} state
 * @returns {Answer}
 */
function complete({ bucket, key, query, headers }, { uploads }) {
  const id = query.get("uploadId") ?? "";
  const upload = uploads.inProgress.get(id);
  if (upload === undefined) return noSuchUpload;
  uploads.inProgress.delete(id);
  const parts = sorted(upload);
  const size = parts.reduce((sum, [, part]) => sum + part.size, 0);
  const etag = `"${emptyMd5}-${parts.length}"`;
  const echoed = `${upload.echoed}${echoedOf(headers)}ETag: ${etag}\r\n`;
  uploads.objects.set(key, { size, echoed, crc32: undefined });
  let result = `<Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><ETag>${etag}</ETag>`;
  for (const name of ["CRC32", "CRC32C", "CRC64NVME", "SHA256"]) {
    const value = headers[`x-amz-checksum-${name.toLowerCase()}`];
    if (value !== undefined) result += `<Checksum${name}>${value}</Checksum${name}>`;
  }
  return xml(`<CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`);
}

/**
 * @param {Request} request
 * @param {State} state
 * @returns {Answer}
 */
function listParts({ query }, { uploads }) {
  const upload = uploads.inProgress.get(query.get("uploadId") ?? "");
  if (upload === undefined) return noSuchUpload;
  const items = sorted(upload).map(([number, { size, echoed }]) => {
    const crc32 = /x-amz-checksum-crc32: (\S+)/.exec(echoed)?.[1];
    const checksum = crc32 === undefined ? "" : `<ChecksumCRC32>${crc32}</ChecksumCRC32>`;
    const etag = /ETag: (\S+)/.exec(echoed)?.[1] ?? `"${emptyMd5}"`;
    return (
      `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><Size>${size}</Size>` +
      `<LastModified>${lastModified.toISOString()}</LastModified>${checksum}</Part>`
    );
  });
  const head = "<MaxParts>10000</MaxParts><IsTruncated>false</IsTruncated>";
  return xml(`<ListPartsResult>${head}${items.join("")}</ListPartsResult>`);
}

/**
 * @param {Upload} upload
 * @returns {[number, Stored][]}
 */
function sorted({ parts }) {
  return [...parts].toSorted(([one], [other]) => one - other);
}

/** @param {Uploads} uploads */
function uploadList({ inProgress }) {
  const items = [...inProgress].map(
    ([id, { key }]) =>
      `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId>` +
      `<Initiated>${lastModified.toISOString()}</Initiated></Upload>`,
  );
  const body = `<IsTruncated>false</IsTruncated>${items.join("")}`;
  return `<ListMultipartUploadsResult>${body}</ListMultipartUploadsResult>`;
}

/** @param {string} body of DeleteObjects */
function deleted(body) {
  if (body.includes("<Quiet>true</Quiet>")) return "<DeleteResult/>";
  let items = "";
  for (const [, key] of body.matchAll(/<Key>([^<]*)<\/Key>/g)) {
    items += `<Deleted><Key>${key}</Key></Deleted>`;
  }
  return `<DeleteResult>${items}</DeleteResult>`;
}

/** @param {string} etag */
function copied(etag) {
  return `<LastModified>${lastModified.toISOString()}</LastModified><ETag>${etag}</ETag>`;
}

/**
 * @param {Request} request
 * @param {State} state
 * @returns {Answer}
 */
function getObject({ method, key, query, headers }, { keys, uploads }) {
  const stored = uploads.objects.get(key);
  const found = stored === undefined ? keys.find(key) : undefined;
  if (stored === undefined && found === undefined) {
    return method === "HEAD" ? { status: 404, pieceBytes: 0 } : noSuchKey;
  }
  const size = stored?.size ?? found?.size ?? 0;
  let lines = stored?.echoed ?? `ETag: ${contentEtag(size)}\r\n`;
  lines += `Last-Modified: ${modified}\r\nAccept-Ranges: bytes\r\nContent-Type: application/octet-stream\r\n`;
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers["range"] ?? "");
  const first = range === null ? 0 : Number(range[1]);
  const end = range === null || range[2] === "" ? size : Math.min(size, Number(range[2]) + 1);
  const isPart = range !== null || query.has("partNumber");
  if (isPart) lines += `Content-Range: bytes ${first}-${end - 1}/${size}\r\n`;
  const checksum = found?.checksum ?? "none";
  const wantsIt = headers["x-amz-checksum-mode"] !== undefined;
  if (checksum !== "none" && wantsIt && (!isPart || method === "HEAD")) {
    const name = `x-amz-checksum-${checksum.toLowerCase()}`;
    lines += `${name}: ${contentChecksum(checksum, size)}\r\nx-amz-checksum-type: FULL_OBJECT\r\n`;
  }
  const pieces = method === "HEAD" ? undefined : contentPieces(first, end - first);
  return {
    status: isPart ? 206 : 200,
    headers: lines,
    pieceBytes: end - first,
    ...(pieces !== undefined && { pieces }),
  };
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
