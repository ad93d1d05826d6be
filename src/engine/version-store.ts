import type { VersioningStatus } from "../core/bucket-settings.ts";
import type { ContentStore } from "./content-store.ts";
import type { WriteContext } from "./group-commit.ts";
import { keyRange, objectKey, versionKey } from "./index-keys.ts";
import type { VersionRow } from "./rows.ts";
import type { Tables, WritableTables } from "./tables.ts";
import { nullVersion, makeVersionId, sequenceOf } from "./version-id.ts";

/** One key of one bucket. */
export interface KeyAddress {
  readonly bucketId: number;
  readonly key: Buffer;
}

export type NewVersion = Omit<VersionRow, "seq" | "id">;

/**
 * The versions of a key. The latest one stands in `current` unless it is a delete marker; every
 * other one in `versions`. So plain listings meet neither old versions nor markers, and a key
 * without a row in `current` either does not exist or has a marker first in `versions`.
 */
export function readLatest(tables: Tables, address: KeyAddress): VersionRow | undefined {
  return readCurrent(tables, address) ?? firstOfVersions(tables, address);
}

/** The latest version unless it is a marker. */
export function readCurrent(tables: Tables, address: KeyAddress): VersionRow | undefined {
  return tables.current.get(objectKey(address.bucketId, address.key));
}

export function readVersion(
  tables: Tables,
  address: KeyAddress,
  versionId: string,
): VersionRow | undefined {
  return versionOf(tables, address, versionId, readCurrent(tables, address));
}

/** With the row of `current` at hand. */
function versionOf(
  tables: Tables,
  address: KeyAddress,
  versionId: string,
  current: VersionRow | undefined,
): VersionRow | undefined {
  if (current?.id === versionId) return current;
  const sequence =
    versionId === nullVersion ? nullSequence(tables, address) : sequenceOf(versionId);
  if (sequence === undefined) return undefined;
  const version = tables.versions.get(versionKey(address.bucketId, address.key, sequence));
  return version?.id === versionId ? version : undefined;
}

/** All versions of a key, newest first. */
export function* readVersions(tables: Tables, address: KeyAddress): Iterable<VersionRow> {
  const current = readCurrent(tables, address);
  if (current !== undefined) yield current;
  for (const entry of tables.versions.range(keyRange(address.bucketId, address.key))) {
    yield entry.row;
  }
}

/** Adds the new latest version by the rules of the bucket's versioning state. */
export function addVersion(
  context: WriteContext,
  content: ContentStore,
  address: KeyAddress,
  versioning: VersioningStatus | undefined,
  version: NewVersion,
): VersionRow {
  const seq = context.sequence.next();
  const id = versioning === "Enabled" ? makeVersionId(seq) : nullVersion;
  const row: VersionRow = Object.assign({ seq, id }, version);
  const current = readCurrent(context.tables, address);
  const replaced =
    row.id === nullVersion ? versionOf(context.tables, address, nullVersion, current) : undefined;
  if (replaced !== undefined) {
    unlink(context.tables, address, replaced);
    content.release(context, replaced.content);
  }
  const previous = replaced === current ? undefined : current;
  if (previous !== undefined) putInVersions(context.tables, address, previous);
  if (row.marker === 1) {
    if (previous !== undefined) removeCurrent(context.tables, address);
    putInVersions(context.tables, address, row);
  } else putCurrent(context.tables, address, row);
  return row;
}

/** Removes a version for good; when it was the latest, the next one takes its place. */
export function removeVersion(
  context: WriteContext,
  content: ContentStore,
  address: KeyAddress,
  version: VersionRow,
): void {
  unlink(context.tables, address, version);
  content.release(context, version.content);
  if (readCurrent(context.tables, address) !== undefined) return;
  const next = firstOfVersions(context.tables, address);
  if (next === undefined || next.marker === 1) return;
  unlink(context.tables, address, next);
  putCurrent(context.tables, address, next);
}

/** Writes a version again in its place, with something else told of it. */
export function replaceVersion(
  context: WriteContext,
  address: KeyAddress,
  version: VersionRow,
): void {
  const current = readCurrent(context.tables, address);
  if (current?.seq === version.seq) putCurrent(context.tables, address, version);
  else putInVersions(context.tables, address, version);
}

function firstOfVersions(tables: Tables, address: KeyAddress): VersionRow | undefined {
  for (const entry of tables.versions.range(keyRange(address.bucketId, address.key))) {
    return entry.row;
  }
  return undefined;
}

function nullSequence(tables: Tables, address: KeyAddress): number | undefined {
  return tables.nulls.get(objectKey(address.bucketId, address.key));
}

function unlink(tables: WritableTables, address: KeyAddress, version: VersionRow): void {
  if (readCurrent(tables, address)?.seq === version.seq) {
    removeCurrent(tables, address);
    return;
  }
  tables.versions.remove(versionKey(address.bucketId, address.key, version.seq));
  if (version.id === nullVersion) tables.nulls.remove(objectKey(address.bucketId, address.key));
}

function putCurrent(tables: WritableTables, address: KeyAddress, version: VersionRow): void {
  tables.current.put(objectKey(address.bucketId, address.key), version);
}

function removeCurrent(tables: WritableTables, address: KeyAddress): void {
  tables.current.remove(objectKey(address.bucketId, address.key));
}

function putInVersions(tables: WritableTables, address: KeyAddress, version: VersionRow): void {
  tables.versions.put(versionKey(address.bucketId, address.key, version.seq), version);
  if (version.id !== nullVersion) return;
  tables.nulls.put(objectKey(address.bucketId, address.key), version.seq);
}
