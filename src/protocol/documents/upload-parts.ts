import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "../../core/checksum.ts";
import { checksumElements, readChecksumElements } from "../headers/checksum-headers.ts";
import { quoteEtag } from "../headers/etag.ts";
import { formatListDate } from "../list-date.ts";
import { childText, childrenNamed, type XmlElement } from "../xml/parse.ts";
import { element, optionalElement, type XmlNode } from "../xml/render.ts";
import { initiatorName } from "./initiator-name.ts";
import type { WrittenChecksum } from "./written-object.ts";

interface UploadAddress {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** CreateMultipartUpload's answer. */
export function renderInitiateResult({ bucket, key, uploadId }: UploadAddress): XmlNode {
  return element(
    "InitiateMultipartUploadResult",
    element("Bucket", bucket),
    element("Key", key),
    element("UploadId", uploadId),
  );
}

/** Undefined when there is none or an empty one. */
export function readUploadId(root: XmlElement): string | undefined {
  const uploadId = childText(root, "UploadId");
  return uploadId === "" ? undefined : uploadId;
}

interface RenderedPart {
  readonly partNumber: number;
  readonly lastModified: Date;
  /** With or without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly checksum?: WrittenChecksum | undefined;
}

interface PartsPage extends UploadAddress {
  readonly marker: number;
  readonly limit: number;
  readonly isTruncated: boolean;
  readonly parts: readonly RenderedPart[];
  readonly initiatorArn: string;
  readonly ownerId: string;
  readonly storageClass: string;
  readonly checksum?:
    | { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType }
    | undefined;
}

/** ListParts' answer. */
export function renderListParts(page: PartsPage): XmlNode {
  return element(
    "ListPartsResult",
    element("Bucket", page.bucket),
    element("Key", page.key),
    element("UploadId", page.uploadId),
    element("PartNumberMarker", page.marker),
    element("NextPartNumberMarker", page.parts.at(-1)?.partNumber ?? 0),
    element("MaxParts", page.limit),
    element("IsTruncated", page.isTruncated),
    page.parts.map(renderPart),
    element(
      "Initiator",
      element("ID", page.initiatorArn),
      element("DisplayName", initiatorName(page.initiatorArn)),
    ),
    element("Owner", element("ID", page.ownerId)),
    element("StorageClass", page.storageClass),
    optionalElement("ChecksumAlgorithm", page.checksum?.algorithm),
    optionalElement("ChecksumType", page.checksum?.type),
  );
}

function renderPart(part: RenderedPart): XmlNode {
  return element(
    "Part",
    element("PartNumber", part.partNumber),
    element("LastModified", formatListDate(part.lastModified)),
    element("ETag", quoteEtag(part.etag)),
    element("Size", part.sizeBytes),
    checksumElements(part.checksum),
  );
}

interface ListedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly checksum: ObjectChecksum | undefined;
}

export interface ListedParts {
  readonly parts: readonly ListedPart[];
  readonly isTruncated: boolean;
  /** The last part of this page; undefined where the store names none. */
  readonly nextMarker: number | undefined;
}

export function readListParts(root: XmlElement): ListedParts {
  const next = Number(childText(root, "NextPartNumberMarker") ?? Number.NaN);
  return {
    parts: childrenNamed(root, "Part").map((part) => ({
      partNumber: Number(childText(part, "PartNumber")),
      etag: childText(part, "ETag") ?? "",
      sizeBytes: Number(childText(part, "Size")),
      checksum: readChecksumElements(part),
    })),
    isTruncated: childText(root, "IsTruncated") === "true",
    nextMarker: Number.isNaN(next) ? undefined : next,
  };
}
