import type { ObjectRecord } from "../../engine/engine.ts";
import { renderObjectAttributes } from "../../protocol/documents/object-attributes.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import { renderXml, s3Namespace } from "../../protocol/xml/render.ts";
import { refuseReadEncryption } from "../objects/encryption.ts";
import { findVersion } from "../objects/find-version.ts";
import { objectKey } from "../objects/object-keys.ts";
import { versionHeader } from "../objects/version-header.ts";
import type { Operation, OperationRequest } from "../operation.ts";

const attributeNames = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"] as const;
type AttributeName = (typeof attributeNames)[number];

const pageParts = 1000;

export const getObjectAttributes: Operation = {
  name: "GetObjectAttributes",
  handle: async (request) => {
    const bucket = request.bucket();
    const { key } = request;
    // S3 asks for both permissions.
    const versionId = request.query.get("versionId");
    request.authorize(versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion", {
      key,
      ...(versionId !== undefined && { versionId }),
    });
    refuseReadEncryption(request);
    const wanted = readAttributeNames(request);
    const record = findVersion(request, bucket);
    await objectKey(request, bucket, record);
    await request.engine.assertPresent(record);
    const body = renderXml(
      renderObjectAttributes({
        etag: wanted.has("ETag") ? record.etag : undefined,
        checksum: wanted.has("Checksum") ? record.checksum : undefined,
        parts: wanted.has("ObjectParts") ? partsOf(request, record) : undefined,
        storageClass: wanted.has("StorageClass") ? (record.storageClass ?? "STANDARD") : undefined,
        sizeBytes: wanted.has("ObjectSize") ? record.sizeBytes : undefined,
      }),
      { namespace: s3Namespace },
    );
    return {
      status: 200,
      headers: {
        "content-type": "application/xml",
        "last-modified": formatHttpDate(record.lastModified),
        ...versionHeader(bucket, record),
      },
      body,
    };
  },
};

function readAttributeNames(request: OperationRequest): ReadonlySet<AttributeName> {
  const header = request.header("x-amz-object-attributes");
  if (header === undefined || header.trim() === "") {
    throw new S3Error("InvalidRequest", {
      message:
        "The x-amz-object-attributes header specifying the attributes to be retrieved is " +
        "either missing or empty",
    });
  }
  const wanted = new Set<AttributeName>();
  for (const text of header.split(",")) {
    const name = attributeNames.find((each) => each === text.trim());
    if (name === undefined) {
      throw invalidArgument(
        "Invalid attribute name specified.",
        "x-amz-object-attributes",
        text.trim(),
      );
    }
    wanted.add(name);
  }
  return wanted;
}

/** Parts one by one only where the object's checksum is made of theirs. */
function partsOf(request: OperationRequest, { parts, checksum }: ObjectRecord) {
  if (parts === undefined) return undefined;
  const count = parts.length;
  if (checksum?.type !== "COMPOSITE") return { count };
  const marker = readCount(request, "x-amz-part-number-marker", 0);
  const limit = Math.min(readCount(request, "x-amz-max-parts", pageParts), pageParts);
  const rest = parts.filter((part) => part.partNumber > marker);
  const page = rest.slice(0, limit).map((part) => ({
    partNumber: part.partNumber,
    sizeBytes: part.sizeBytes,
    checksum:
      part.checksum === undefined
        ? undefined
        : { algorithm: checksum.algorithm, value: part.checksum },
  }));
  return { count, page: { marker, limit, isTruncated: rest.length > page.length, parts: page } };
}

function readCount(request: OperationRequest, header: string, byDefault: number): number {
  const text = request.header(header);
  if (text === undefined) return byDefault;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalidArgument(`Provided ${header} not an integer or within integer range`, header, text);
}
