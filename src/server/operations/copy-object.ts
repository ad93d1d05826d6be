import type { BucketRecord, ObjectAttributes, ObjectRecord } from "../../engine/engine.ts";
import { renderCopyResult } from "../../protocol/documents/written-object.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import { assertCopySize, type CopySource, findCopySource } from "../objects/copy-source.ts";
import { hashObject } from "../objects/hash-object.ts";
import { writingKey } from "../objects/object-keys.ts";
import { isPlain, opaqueEtag } from "../objects/opaque-etag.ts";
import { readObjectAttributes } from "../objects/read-attributes.ts";
import { readChecksumAlgorithm } from "../objects/upload-checksum.ts";
import { readWriteCondition } from "../objects/write-condition.ts";
import { versionHeader } from "../objects/version-header.ts";
import { writtenHeaders } from "../objects/written-headers.ts";
import type { Operation, OperationRequest } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

export const copyObject: Operation = {
  name: "CopyObject",
  conditionKeys: { "s3:objectcreationoperation": "true" },
  tagsByHeader: true,
  handle: async (request) => {
    const bucket = request.bucket();
    const source = await findCopySource(request);
    const attributes = readCopyAttributes(request, bucket, source);
    const condition = readWriteCondition(request);
    assertCopySize(source.record.sizeBytes);
    const digests = await digestsOfCopy(request, source, attributes);
    const { encryption, dataKey: target } = await writingKey(
      request,
      bucket,
      attributes.encryption,
    );
    const input = {
      ...attributes,
      encryption,
      ...digests,
      bucket: bucket.name,
      key: request.key,
      ...(condition !== undefined && { condition }),
    };
    const record = await request.engine.copyObject(source.record, input, {
      ...(source.dataKey !== undefined && { source: source.dataKey }),
      ...(target !== undefined && { target }),
    });
    const { etag, lastModified, checksum } = record;
    const answer = xmlResponse(
      renderCopyResult("CopyObjectResult", { etag, lastModified, checksum }),
    );
    return {
      ...answer,
      headers: {
        ...answer.headers,
        ...writtenHeaders(bucket, record),
        // Unlike a put, a copy tells the `null` version that it made. Source: recordings of AWS.
        ...versionHeader(bucket, record),
        ...(source.record.versionId !== "null" && {
          "x-amz-copy-source-version-id": source.record.versionId,
        }),
      },
    };
  },
};

/**
 * What the copy carries: headers and metadata of the source unless REPLACE; tags likewise by their
 * own directive; storage class and encryption never come from the source.
 */
function readCopyAttributes(
  request: OperationRequest,
  bucket: BucketRecord,
  source: CopySource,
): ObjectAttributes {
  const replaces = readDirective(request, "metadata") === "REPLACE";
  const replacesTags = readDirective(request, "tagging") === "REPLACE";
  // First: S3 refuses such a copy even where an ACL is what would change.
  if (!replaces) assertChangesSomething(request, source);
  const { tags: ownTags, ...own } = readObjectAttributes(request, bucket);
  const { "x-amz-website-redirect-location": _, ...sourceHeaders } = source.record.headers;
  const redirect = request.header("x-amz-website-redirect-location");
  const tags = replacesTags ? ownTags : source.record.tags;
  authorizeTags(request, source, { tags, replacesTags });
  return {
    ...own,
    ...(!replaces && {
      headers: {
        ...sourceHeaders,
        ...(redirect !== undefined && { "x-amz-website-redirect-location": redirect }),
      },
      metadata: source.record.metadata,
    }),
    ...(tags !== undefined && { tags }),
  };
}

function authorizeTags(
  request: OperationRequest,
  source: CopySource,
  facts: { readonly tags: ObjectRecord["tags"]; readonly replacesTags: boolean },
): void {
  if (facts.tags === undefined || facts.tags.length === 0) return;
  if (!facts.replacesTags) {
    const { key, versionId } = source.address;
    const action = versionId === undefined ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging";
    request.authorize(action, {
      bucket: source.bucket,
      key,
      ...(versionId !== undefined && { versionId }),
    });
  }
  request.authorize("s3:PutObjectTagging", { key: request.key });
}

function readDirective(request: OperationRequest, kind: "metadata" | "tagging"): string {
  const header = `x-amz-${kind}-directive`;
  const directive = request.header(header) ?? "COPY";
  if (directive === "COPY" || directive === "REPLACE") return directive;
  throw invalidArgument(`Unknown ${kind} directive.`, header, directive);
}

/**
 * A copy onto itself must change something, or it would only look like a write. The encryption may
 * change where the source's is not the plain one. Source: recordings of AWS of 2026-02.
 */
function assertChangesSomething(request: OperationRequest, source: CopySource): void {
  const { bucket, key, versionId } = source.address;
  if (bucket !== request.bucketName || key !== request.key || versionId !== undefined) return;
  if (!isPlain(source.record.encryption)) return;
  const changes = [
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
  ].some((header) => request.header(header) !== undefined);
  if (changes) return;
  throw new S3Error("InvalidRequest", {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without " +
      "changing the object's metadata, storage class, website redirect location or encryption " +
      "attributes.",
  });
}

/**
 * A copy is one whole object, so its ETag is the MD5 and its checksum is over all bytes. Where the
 * source knows both already nothing is read.
 */
async function digestsOfCopy(
  request: OperationRequest,
  { record: source, dataKey }: CopySource,
  attributes: ObjectAttributes,
): Promise<Pick<ObjectRecord, "etag" | "checksum">> {
  const opaque = opaqueEtag(request, attributes.encryption);
  const algorithm = readChecksumAlgorithm(request) ?? source.checksum?.algorithm ?? "CRC64NVME";
  const known = source.checksum;
  const sourceIsPlain = source.parts === undefined && isPlain(source.encryption);
  const fits = known?.algorithm === algorithm && known.type === "FULL_OBJECT";
  if (fits && (sourceIsPlain || opaque !== undefined)) {
    return { etag: opaque ?? source.etag, checksum: known };
  }
  const { md5, checksum } = await hashObject(request.engine, source, algorithm, dataKey);
  return { etag: opaque ?? md5, checksum };
}
