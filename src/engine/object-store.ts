import type { Tag } from "../core/bucket-settings.ts";
import type { ChecksumAlgorithm } from "../core/checksum.ts";
import { s3Limits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { ObjectKeys } from "./at-rest.ts";
import type { BlobFiles } from "./blob-files.ts";
import type { BucketStore, KnownBucket } from "./bucket-store.ts";
import {
  areShareable,
  bytesMissing,
  type ContentStore,
  type HeldContent,
} from "./content-store.ts";
import { digestHeld } from "./digest-held.ts";
import type {
  CopyKeys,
  DeleteObjectInput,
  DeleteOutcome,
  ObjectRecord,
  PutObjectInput,
  StageOptions,
  VersionAddress,
} from "./engine.ts";
import { assertDeleteCondition, assertDeleteState } from "./delete-conditions.ts";
import type { GroupCommit, WriteContext } from "./group-commit.ts";
import { attributesToRow, contentOf, toObjectRecord } from "./object-record.ts";
import { assertFiles } from "./present-files.ts";
import { ContentIterator } from "./read-content.ts";
import type { ContentRow, VersionRow } from "./rows.ts";
import { asStagedContent, type Digests, type StagedContent, type Staging } from "./staging.ts";
import type { Tables } from "./tables.ts";
import { nullVersion, invalidVersionId, isVersionId } from "./version-id.ts";
import {
  addVersion,
  readCurrent,
  readLatest,
  readVersion,
  removeVersion,
  replaceVersion,
  type KeyAddress,
  type NewVersion,
} from "./version-store.ts";
import { assertWriteCondition, noSuchKey } from "./write-conditions.ts";
import { markUploadsOfDeletedKey } from "./upload-rows.ts";

export interface ObjectStoreParts {
  readonly tables: Tables;
  readonly commit: GroupCommit;
  readonly buckets: BucketStore;
  readonly content: ContentStore;
  readonly files: BlobFiles;
  readonly staging: Staging;
  readonly masterKey: Buffer;
  readonly now: () => Date;
}

/** Objects and their versions. */
export class ObjectStore {
  readonly #parts: ObjectStoreParts;

  constructor(parts: ObjectStoreParts) {
    this.#parts = parts;
  }

  async put(input: PutObjectInput): Promise<ObjectRecord> {
    const staged = asStagedContent(input.staged);
    const { content } = this.#parts;
    return await staged.publish(
      async () =>
        await this.#parts.commit.write((context) =>
          this.#add(context, input, {
            size: staged.sizeBytes,
            etag: input.etag ?? staged.md5,
            md5: staged.md5,
            content: () => content.describe(context, content.addStaged(context, staged)),
          }),
        ),
    );
  }

  get(bucketName: string, key: string, versionId?: string): ObjectRecord | undefined {
    const { tables, buckets, content } = this.#parts;
    const bucket = buckets.get(bucketName);
    const row = find(tables, bucket, addressOf(bucket, key), versionId);
    if (row === undefined) return undefined;
    const manifest = row.content?.manifest;
    const parts = manifest === undefined ? undefined : content.manifest(manifest).parts;
    return toObjectRecord(bucketName, key, row, parts);
  }

  /**
   * Content that cannot vanish before it is released. Throws NoSuchKey when the object was deleted
   * since its record was read, and InternalError when it is there and its bytes are not.
   */
  hold(record: ObjectRecord, hold: (content: ContentRow | undefined) => HeldContent): HeldContent {
    try {
      return hold(contentOf(record));
    } catch (error) {
      if (!(error instanceof S3Error) || error.code !== "NoSuchKey") throw error;
      const { bucket, key, versionId } = record;
      const known = this.#parts.buckets.find(bucket);
      const row = known && readVersion(this.#parts.tables, addressOf(known, key), versionId);
      const same = JSON.stringify(row?.content) === JSON.stringify(record.content);
      throw row !== undefined && same ? bytesMissing() : error;
    }
  }

  /** Of an object with such a data key, or with none. */
  keys(dataKey: Buffer | undefined): ObjectKeys {
    return new ObjectKeys(this.#parts.masterKey, dataKey);
  }

  async copy(
    source: ObjectRecord,
    input: Omit<PutObjectInput, "staged">,
    keys: CopyKeys = {},
  ): Promise<ObjectRecord> {
    const { content, commit } = this.#parts;
    const target = this.keys(keys.target);
    const held = this.hold(source, (stored) => content.hold(stored, this.keys(keys.source)));
    try {
      await assertFiles(this.#parts.files, held);
      if (!areShareable(held.pieces, target)) {
        const restaged = { ...(keys.target && { dataKey: keys.target }) };
        return await this.withRestaged(
          held,
          restaged,
          async (staged) => await this.put({ ...input, staged }),
        );
      }
      const md5 = await this.#md5Of(source, held);
      return await commit.write((context) =>
        this.#add(context, input, {
          size: source.sizeBytes,
          etag: input.etag ?? md5,
          md5,
          content: () => content.describe(context, content.addPieces(context, held.pieces, target)),
        }),
      );
    } finally {
      held.release();
    }
  }

  async delete(input: DeleteObjectInput): Promise<DeleteOutcome> {
    return await this.#parts.commit.write((context) => this.#delete(context, input));
  }

  async deleteMany(inputs: readonly DeleteObjectInput[]): Promise<(DeleteOutcome | Error)[]> {
    return await this.#parts.commit.write((context) =>
      inputs.map((input) => {
        try {
          return this.#delete(context, input);
        } catch (error) {
          // A damaged index undoes the whole request: part of this key may be written already.
          if (error instanceof S3Error && error.code !== "InternalError") return error;
          throw error;
        }
      }),
    );
  }

  async setTags(target: VersionAddress, tags: readonly Tag[]): Promise<ObjectRecord> {
    return await this.#change(target, ({ tags: _replaced, ...rest }) =>
      tags.length === 0 ? rest : { ...rest, tags },
    );
  }

  async setRestoredUntil(target: VersionAddress, until: Date): Promise<ObjectRecord> {
    return await this.#change(target, (row) => ({ ...row, restored: until.getTime() }));
  }

  /** What is told of one version, without making a new one. */
  async #change(
    target: VersionAddress,
    change: (row: VersionRow) => VersionRow,
  ): Promise<ObjectRecord> {
    return await this.#parts.commit.write((context) => {
      const bucket = this.#parts.buckets.getIn(context, target.bucket);
      const address = addressOf(bucket, target.key);
      const row = find(context.tables, bucket, address, target.versionId);
      if (row === undefined) throw missing(target);
      if (row.marker === 1) throw markerRefused(target, row);
      const changed = change(row);
      replaceVersion(context, address, changed);
      return toObjectRecord(target.bucket, target.key, changed);
    });
  }

  /** Held bytes taken in anew, under another key, for `use`, which publishes them. */
  async withRestaged<T>(
    held: HeldContent,
    options: StageOptions,
    use: (staged: StagedContent) => Promise<T>,
  ): Promise<T> {
    const { files, staging } = this.#parts;
    const unowned = { ...held, release: () => undefined };
    const staged = await staging.stage(new ContentIterator(files, unowned), options);
    try {
      return await use(staged);
    } catch (error) {
      await staged.discard();
      throw error;
    }
  }

  /** Digests of held bytes, in one pass. */
  async digest(held: HeldContent, algorithms: readonly ChecksumAlgorithm[]): Promise<Digests> {
    return await digestHeld(this.#parts.files, held, algorithms);
  }

  /** S3 gives a copy the MD5 of its bytes as ETag, also when the source was made of parts. */
  async #md5Of(source: ObjectRecord, held: HeldContent): Promise<string> {
    const known = contentOf(source)?.md5;
    if (known !== undefined) return known;
    return (await this.digest(held, [])).md5;
  }

  #add(
    context: WriteContext,
    input: Omit<PutObjectInput, "staged">,
    bytes: {
      readonly size: number;
      readonly etag: string;
      readonly md5: string;
      readonly content: () => VersionRow["content"];
    },
  ): ObjectRecord {
    const { buckets, content, now } = this.#parts;
    const bucket = buckets.getIn(context, input.bucket);
    const address = addressOf(bucket, input.key);
    const current = input.condition && readCurrent(context.tables, address);
    assertWriteCondition(input.condition, input.key, current);
    const stored = bytes.content();
    const { checksum } = input;
    const { size, etag, md5 } = bytes;
    const version: NewVersion = Object.assign(attributesToRow(input), {
      at: now().getTime(),
      size,
      etag,
      sum: checksum && ([checksum.algorithm, checksum.type, checksum.value] as const),
      content: stored && Object.assign(stored, { md5 }),
    });
    const { versioning } = bucket.record.settings;
    const row = addVersion(context, content, address, versioning, version);
    return toObjectRecord(input.bucket, input.key, row);
  }

  #delete(context: WriteContext, input: DeleteObjectInput): DeleteOutcome {
    const bucket = this.#parts.buckets.getIn(context, input.bucket);
    const address = addressOf(bucket, input.key);
    const { versioning } = bucket.record.settings;
    if (input.versionId !== undefined) assertVersionId(bucket, input.versionId);
    const target = find(context.tables, bucket, address, input.versionId);
    assertDeleteCondition(input.ifMatch, target);
    assertDeleteState(context.tables, bucket, address, input, target);
    if (input.versionId !== undefined) {
      return this.#deleteVersion(context, address, input.versionId, target, versioning);
    }
    if (target !== undefined && target.marker !== 1) markUploadsOfDeletedKey(context, address);
    if (versioning === undefined) {
      if (target !== undefined) removeVersion(context, this.#parts.content, address, target);
      return { deleteMarker: false };
    }
    const marker = addVersion(context, this.#parts.content, address, versioning, {
      headers: {},
      at: this.#parts.now().getTime(),
      size: 0,
      etag: "",
      marker: 1,
    });
    return { deleteMarker: true, versionId: marker.id };
  }

  #deleteVersion(
    context: WriteContext,
    address: KeyAddress,
    versionId: string,
    target: VersionRow | undefined,
    versioning: "Enabled" | "Suspended" | undefined,
  ): DeleteOutcome {
    if (target !== undefined) {
      const existed = readCurrent(context.tables, address) !== undefined;
      removeVersion(context, this.#parts.content, address, target);
      const exists = readCurrent(context.tables, address) !== undefined;
      if (existed && !exists) markUploadsOfDeletedKey(context, address);
    }
    return {
      deleteMarker: target?.marker === 1,
      ...(versioning !== undefined && { versionId }),
    };
  }
}

/** Throws KeyTooLongError, also for reads, as S3 does. */
export function addressOf(bucket: KnownBucket, key: string): KeyAddress {
  const bytes = Buffer.from(key, "utf8");
  if (bytes.length <= s3Limits.keyBytes) return { bucketId: bucket.id, key: bytes };
  throw new S3Error("KeyTooLongError", {
    extra: { Size: String(bytes.length), MaxSizeAllowed: String(s3Limits.keyBytes) },
  });
}

/** Throws InvalidArgument for a malformed id, and for any id but `null` without versioning. */
function assertVersionId(bucket: KnownBucket, versionId: string): void {
  const possible =
    versionId === nullVersion ||
    (bucket.record.settings.versioning !== undefined && isVersionId(versionId));
  if (!possible) throw invalidVersionId(versionId);
}

function find(
  tables: Tables,
  bucket: KnownBucket,
  address: KeyAddress,
  versionId: string | undefined,
): VersionRow | undefined {
  if (versionId === undefined) return readLatest(tables, address);
  assertVersionId(bucket, versionId);
  return readVersion(tables, address, versionId);
}

function missing(target: VersionAddress): S3Error {
  if (target.versionId === undefined) return noSuchKey(target.key);
  return new S3Error("NoSuchVersion", {
    extra: { Key: target.key, VersionId: target.versionId },
  });
}

/** A marker that is the latest version reads as a missing key; addressed by id it is refused. */
function markerRefused(target: VersionAddress, row: VersionRow): S3Error {
  if (target.versionId === undefined) {
    return new S3Error("NoSuchKey", {
      extra: { Key: target.key },
      headers: { "x-amz-delete-marker": "true", "x-amz-version-id": row.id },
    });
  }
  return new S3Error("MethodNotAllowed", {
    extra: { Method: "PUT", ResourceType: "DeleteMarker" },
    headers: { allow: "DELETE", "x-amz-delete-marker": "true" },
  });
}
