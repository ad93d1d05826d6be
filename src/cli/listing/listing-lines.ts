import type { ListedBucket } from "../../core/bucket-service.ts";
import type { ListedObject, ListedVersion } from "../../core/object-store.ts";
import { formatBytes, formatTime, printable } from "../format.ts";

/** How the entries of a listing are shown. */
export interface LineView {
  /** Whole keys; else from the last `/` of the prefix on. */
  readonly wholeKeys: boolean;
  readonly human: boolean;
  readonly storageClass: boolean;
}

/** What a listing is of. */
export interface ListedPlace {
  readonly bucket: string;
  readonly prefix: string;
}

export function bucketRecord({ name, createdAt, region }: ListedBucket): Record<string, unknown> {
  return { type: "bucket", bucket: name, createdAt: dateOf(createdAt), region };
}

export function bucketLine({ name, createdAt, region }: ListedBucket): string {
  const time = dateOf(createdAt) === undefined ? "-".padEnd(19) : formatTime(createdAt);
  return `${time} ${(region ?? "-").padEnd(15)} ${printable(name)}`;
}

export function prefixLine(place: ListedPlace, prefix: string): string {
  return `${"PRE".padStart(30)} ${printable(relativeTo(place.prefix, prefix))}`;
}

export function objectRecord(bucket: string, object: ListedObject): Record<string, unknown> {
  return { type: "object", bucket, ...object };
}

export function objectLine(place: ListedPlace, object: ListedObject, view: LineView): string {
  const name = shownName(place, object.key, view);
  const size = sizeText(object.sizeBytes, view);
  return `${formatTime(object.lastModified)} ${size} ${classText(object, view)}${name}`;
}

export function versionRecord(bucket: string, version: ListedVersion): Record<string, unknown> {
  const { sizeBytes, isDeleteMarker, ...rest } = version;
  return {
    type: "version",
    bucket,
    ...rest,
    isDeleteMarker,
    ...(!isDeleteMarker && { sizeBytes }),
  };
}

export function versionLine(place: ListedPlace, version: ListedVersion, view: LineView): string {
  const { versionId, isLatest, isDeleteMarker, lastModified } = version;
  const size = isDeleteMarker ? "deleted".padStart(10) : sizeText(version.sizeBytes, view);
  const facts = `${classText(version, view)}${printable(versionId)} ${isLatest ? "latest" : "older "}`;
  return `${formatTime(lastModified)} ${size} ${facts} ${shownName(place, version.key, view)}`;
}

function shownName({ prefix }: ListedPlace, key: string, { wholeKeys }: LineView): string {
  return printable(wholeKeys ? key : relativeTo(prefix, key));
}

/** Folder by folder, a name is shown from its last `/` before the end of the prefix, as in `ls`. */
function relativeTo(prefix: string, key: string): string {
  return key.slice(prefix.lastIndexOf("/") + 1);
}

function sizeText(sizeBytes: number, { human }: LineView): string {
  return (human ? formatBytes(sizeBytes) : String(sizeBytes)).padStart(10);
}

/** As wide as the longest of S3's names. */
const classWidth = "REDUCED_REDUNDANCY".length;

function classText(entry: { readonly storageClass?: string }, view: LineView): string {
  return view.storageClass ? `${(entry.storageClass ?? "-").padEnd(classWidth)} ` : "";
}

/** Undefined of a date that the store did not tell. */
function dateOf(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
