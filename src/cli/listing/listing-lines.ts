import type { ListedBucket } from "../../core/bucket-service.ts";
import type { ListedRows } from "../../core/listed-rows.ts";
import type { ListedObject, ListedVersion } from "../../core/object-store.ts";
import { formatBytes, formatTime, printable } from "../format.ts";
import type { LineBuffer } from "./line-buffer.ts";

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

/** Writes a line for each object of a page. */
export function writeObjects(
  lines: LineBuffer,
  rows: ListedRows,
  { place, view }: { readonly place: ListedPlace; readonly view: LineView },
): void {
  const nameStart = view.wholeKeys ? 0 : relativeFrom(place.prefix);
  for (let row = 0; row < rows.length; row += 1) {
    lines.time(rows.lastModifiedMs(row));
    lines.text(" ");
    if (view.human) lines.text(sizeText(rows.sizeBytes(row), view));
    else lines.number(rows.sizeBytes(row), sizeWidth);
    lines.text(" ");
    if (view.storageClass) lines.text(classText(rows.storageClass(row)));
    lines.key(rows, row, nameStart);
    lines.end();
  }
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
  const size = isDeleteMarker ? "deleted".padStart(sizeWidth) : sizeText(version.sizeBytes, view);
  const kept = view.storageClass ? classText(version.storageClass) : "";
  const facts = `${kept}${printable(versionId)} ${isLatest ? "latest" : "older "}`;
  return `${formatTime(lastModified)} ${size} ${facts} ${shownName(place, version.key, view)}`;
}

function shownName({ prefix }: ListedPlace, key: string, { wholeKeys }: LineView): string {
  return printable(wholeKeys ? key : relativeTo(prefix, key));
}

function relativeTo(prefix: string, key: string): string {
  return key.slice(relativeFrom(prefix));
}

/** Folder by folder, a name is shown from its last `/` before the end of the prefix, as in `ls`. */
function relativeFrom(prefix: string): number {
  return prefix.lastIndexOf("/") + 1;
}

const sizeWidth = 10;

function sizeText(sizeBytes: number, { human }: LineView): string {
  return (human ? formatBytes(sizeBytes) : String(sizeBytes)).padStart(sizeWidth);
}

/** As wide as the longest of S3's names. */
const classWidth = "REDUCED_REDUNDANCY".length;

function classText(storageClass: string | undefined): string {
  return `${printable(storageClass ?? "-").padEnd(classWidth)} `;
}

/** Undefined of a date that the store did not tell. */
function dateOf(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
