import type { ChecksumAlgorithm, ChecksumType } from "../../../core/checksum.ts";
import type { UploadAddress } from "../../../core/object-store.ts";
import { formatListDate } from "../../list-date.ts";
import { escapeXml } from "../../xml/render.ts";
import { initiatorName } from "../initiator-name.ts";
import { unescapeXml } from "../../xml/unescape.ts";
import type { LeafVisitor } from "./listing-scanner.ts";
import {
  prefixVisitor,
  readDate,
  readListing,
  readName,
  readTruth,
  type ListingText,
} from "./read-listing.ts";
import {
  checksumTags,
  commonPrefixTags,
  encodingTag,
  listDocument,
  nameTag,
  nameWriter,
  ownerTag,
  storageClassTag,
  tag,
  type WrittenPage,
} from "./write-listing.ts";

interface WrittenUpload extends UploadAddress {
  readonly initiatorArn: string;
  readonly initiatedAt: Date;
  readonly storageClass?: string | undefined;
  readonly checksum?:
    | { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType }
    | undefined;
}

interface UploadsPage extends WrittenPage<WrittenUpload> {
  readonly keyMarker: string;
  readonly uploadIdMarker: string;
  readonly nextKeyMarker: string;
  readonly nextUploadIdMarker: string;
}

/** ListMultipartUploads' answer. */
export function renderListMultipartUploads(page: UploadsPage): string {
  const write = nameWriter(page);
  const owner = ownerTag(page.ownerId);
  return listDocument("ListMultipartUploadsResult", [
    nameTag("Bucket", page.bucket, escapeXml),
    nameTag("KeyMarker", page.keyMarker, write),
    nameTag("UploadIdMarker", page.uploadIdMarker, escapeXml),
    nameTag("NextKeyMarker", page.nextKeyMarker, write),
    nameTag("NextUploadIdMarker", page.nextUploadIdMarker, escapeXml),
    nameTag("Prefix", page.prefix === "" ? undefined : page.prefix, write),
    nameTag("Delimiter", page.delimiter, write),
    encodingTag(page),
    tag("MaxUploads", page.limit),
    tag("IsTruncated", page.isTruncated),
    ...page.entries.map(
      (upload) =>
        `<Upload><Key>${write(upload.key)}</Key>` +
        `<UploadId>${escapeXml(upload.uploadId)}</UploadId>` +
        `<Initiator><ID>${escapeXml(upload.initiatorArn)}</ID>` +
        `<DisplayName>${escapeXml(initiatorName(upload.initiatorArn))}</DisplayName></Initiator>` +
        `${owner}${storageClassTag(upload.storageClass)}` +
        `<Initiated>${formatListDate(upload.initiatedAt)}</Initiated>` +
        `${checksumTags(upload.checksum)}</Upload>`,
    ),
    commonPrefixTags(page.commonPrefixes, write),
  ]);
}

interface ListedUpload extends UploadAddress {
  readonly initiated: Date;
}

export interface UploadListing {
  readonly uploads: ListedUpload[];
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  readonly nextKeyMarker: string | undefined;
  readonly nextUploadIdMarker: string | undefined;
}

/** Throws S3Error MalformedXML for what is no such document, or not all of it. */
export function readListMultipartUploads(text: string): UploadListing {
  const uploads: ListedUpload[] = [];
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  let nextKeyMarker: string | undefined;
  let nextUploadIdMarker: string | undefined;
  readListing(text, {
    root: "ListMultipartUploadsResult",
    entry(name, page) {
      if (name === "CommonPrefixes") return prefixVisitor(commonPrefixes, page);
      return name === "Upload" ? uploadVisitor(uploads, page) : undefined;
    },
    value(name, value, page) {
      if (name === "IsTruncated") isTruncated = readTruth(value);
      else if (name === "NextKeyMarker") nextKeyMarker = readName(page, value);
      else if (name === "NextUploadIdMarker") nextUploadIdMarker = unescapeXml(value);
    },
  });
  return { uploads, commonPrefixes, isTruncated, nextKeyMarker, nextUploadIdMarker };
}

function uploadVisitor(uploads: ListedUpload[], page: ListingText): LeafVisitor {
  const upload = { key: "", uploadId: "", initiated: new Date(0) };
  uploads.push(upload);
  return (name, value) => {
    if (name === "Key") upload.key = readName(page, value);
    else if (name === "UploadId") upload.uploadId = unescapeXml(value);
    else if (name === "Initiated") upload.initiated = readDate(value);
  };
}
