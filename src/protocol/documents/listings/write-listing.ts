import type { ChecksumAlgorithm, ChecksumType } from "../../../core/checksum.ts";
import { formatListDate } from "../../list-date.ts";
import { encodeListedName } from "../../listed-name.ts";
import { escapeXml, s3Namespace } from "../../xml/render.ts";

/*
 * Listings are put together as text, not as nodes: a page has a thousand entries of which only keys
 * and ETags can need escaping, and pages are what `sync` and `ls` spend their time on.
 */

/** What the pages of all listings of a bucket say, beside their markers and entries. */
export interface WrittenFrame {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** As it was asked for, or cut to the largest. */
  readonly limit: number;
  /** Whether keys, prefixes, delimiters and markers are percent-encoded (`encoding-type=url`). */
  readonly urlEncoded: boolean;
  readonly isTruncated: boolean;
  readonly commonPrefixes: readonly string[];
}

export interface WrittenPage<Entry> extends WrittenFrame {
  readonly entries: readonly Entry[];
  /** Undefined: the listing shows no owners. */
  readonly ownerId: string | undefined;
}

/** What the entries of objects and of versions have in common. */
export interface WrittenContent {
  readonly key: string;
  readonly lastModified: Date;
  /** Without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly checksum?: ListedChecksum | undefined;
  /** Default `STANDARD`. */
  readonly storageClass?: string | undefined;
  /** Until when an archived object may be read. Undefined: not restored, or not asked for. */
  readonly restored?: Date | undefined;
}

interface ListedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
}

/** Turns a key, prefix, delimiter or marker into XML text. */
export type NameWriter = (name: string) => string;

export function nameWriter({ urlEncoded }: { readonly urlEncoded: boolean }): NameWriter {
  return urlEncoded ? encodeListedName : escapeXml;
}

/** `<Name>value</Name>`; the value must be XML text already. Undefined: nothing. */
export function tag(name: string, value: string | number | boolean | undefined): string {
  if (value === undefined) return "";
  return value === "" ? `<${name}/>` : `<${name}>${value}</${name}>`;
}

export function nameTag(name: string, value: string | undefined, write: NameWriter): string {
  return value === undefined ? "" : tag(name, write(value));
}

export function listDocument(root: string, parts: readonly string[]): string {
  return `${documentHead(root, parts)}</${root}>`;
}

export function documentHead(root: string, parts: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${s3Namespace}">${parts.join("")}`;
}

export function encodingTag({ urlEncoded }: { readonly urlEncoded: boolean }): string {
  return tag("EncodingType", urlEncoded ? "url" : undefined);
}

export function commonPrefixTags(prefixes: readonly string[], write: NameWriter): string {
  return prefixes
    .map((prefix) => `<CommonPrefixes>${tag("Prefix", write(prefix))}</CommonPrefixes>`)
    .join("");
}

/** Only the id: S3 stopped giving display names in 2025. */
export function ownerTag(ownerId: string | undefined): string {
  return ownerId === undefined ? "" : `<Owner><ID>${ownerId}</ID></Owner>`;
}

/** From `LastModified` to `Size`. */
export function contentTags(content: WrittenContent): string {
  return (
    `<LastModified>${formatListDate(content.lastModified)}</LastModified>` +
    `<ETag>&quot;${escapeXml(content.etag)}&quot;</ETag>${checksumTags(content.checksum)}` +
    `<Size>${content.sizeBytes}</Size>`
  );
}

export function checksumTags(checksum: ListedChecksum | undefined): string {
  if (checksum === undefined) return "";
  return (
    `<ChecksumAlgorithm>${checksum.algorithm}</ChecksumAlgorithm>` +
    `<ChecksumType>${checksum.type}</ChecksumType>`
  );
}

export function restoreTag(until: Date | undefined): string {
  if (until === undefined) return "";
  return (
    "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>" +
    `<RestoreExpiryDate>${formatListDate(until)}</RestoreExpiryDate></RestoreStatus>`
  );
}

export function storageClassTag(name = "STANDARD"): string {
  return `<StorageClass>${escapeXml(name)}</StorageClass>`;
}
