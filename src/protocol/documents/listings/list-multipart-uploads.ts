import type { ChecksumAlgorithm, ChecksumType } from "../../../core/checksum.ts";
import type { UploadAddress } from "../../../core/object-store.ts";
import { formatListDate } from "../../list-date.ts";
import { escapeXml } from "../../xml/render.ts";
import { initiatorName } from "../initiator-name.ts";
import { PageValues } from "./page-values.ts";
import { prefixVisitor, readListing, type EntryReader } from "./read-listing.ts";
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
export function readListMultipartUploads(bytes: Buffer): UploadListing {
  const uploads: ListedUpload[] = [];
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  let nextKeyMarker: string | undefined;
  let nextUploadIdMarker: string | undefined;
  const upload: EntryReader = {
    leaves: ["Key", "UploadId", "Initiated"],
    take: (values) =>
      uploads.push({
        key: values.name(0),
        uploadId: values.word(1) ?? "",
        initiated: values.date(2),
      }),
  };
  readListing(new PageValues(bytes), {
    root: "ListMultipartUploadsResult",
    entry(name, values) {
      if (name === "Upload") return upload;
      return name === "CommonPrefixes" ? prefixVisitor(commonPrefixes, values) : undefined;
    },
    value(name, values, start, end) {
      if (name === "IsTruncated") isTruncated = values.truth(start, end);
      else if (name === "NextKeyMarker") nextKeyMarker = values.name(start, end);
      else if (name === "NextUploadIdMarker") nextUploadIdMarker = values.text(start, end);
    },
  });
  return { uploads, commonPrefixes, isTruncated, nextKeyMarker, nextUploadIdMarker };
}
