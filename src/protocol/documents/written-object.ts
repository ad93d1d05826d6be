import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "../../core/checksum.ts";
import { checksumElements, readChecksumElements } from "../headers/checksum-headers.ts";
import { quoteEtag } from "../headers/etag.ts";
import { formatListDate } from "../list-date.ts";
import { childText, type XmlElement } from "../xml/parse.ts";
import { element, type XmlNode } from "../xml/render.ts";

interface CopyResult {
  /** With or without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** A part's comes without a type. */
  readonly checksum?: WrittenChecksum | undefined;
}

export interface WrittenChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type?: ChecksumType;
}

export function renderCopyResult(
  root: "CopyObjectResult" | "CopyPartResult",
  { etag, lastModified, checksum }: CopyResult,
): XmlNode {
  return element(
    root,
    element("ETag", quoteEtag(etag)),
    element("LastModified", formatListDate(lastModified)),
    checksumElements(checksum),
  );
}

interface CompleteResult {
  readonly location: string;
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly checksum: ObjectChecksum | undefined;
}

export function renderCompleteResult(result: CompleteResult): XmlNode {
  return element(
    "CompleteMultipartUploadResult",
    element("Location", result.location),
    element("Bucket", result.bucket),
    element("Key", result.key),
    element("ETag", quoteEtag(result.etag)),
    checksumElements(result.checksum),
  );
}

export interface WrittenObject {
  /** In quotes; empty where the store left it out. */
  readonly etag: string;
  readonly checksum: ObjectChecksum | undefined;
}

/** What the results of CopyObject, UploadPartCopy and CompleteMultipartUpload have in common. */
export function readWrittenObject(root: XmlElement): WrittenObject {
  return { etag: quoteEtag(childText(root, "ETag") ?? ""), checksum: readChecksumElements(root) };
}
