import type { ResolvedRange } from "../core/byte-range.ts";
import type { ChecksumAlgorithm } from "../core/checksum.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { BlobFiles } from "./blob-files.ts";
import type { BucketStore, KnownBucket } from "./bucket-store.ts";
import {
  draftCompletion,
  PartChanges,
  readInTurns,
  type CompletionDraft,
} from "./completion-draft.ts";
import { rememberCompletion, repeatedCompletion } from "./completed-uploads.ts";
import { areShareable, type ContentStore } from "./content-store.ts";
import type {
  BucketSettings,
  CompleteUploadInput,
  CopyKeys,
  NewUpload,
  ObjectRecord,
  PartAddress,
  PartRecord,
  StagedBlob,
  UploadRecord,
} from "./engine.ts";
import type { GroupCommit, WriteContext } from "./group-commit.ts";
import { bucketRange, partKey } from "./index-keys.ts";
import {
  assertCompletionCondition,
  assertExpectations,
  type ChosenPart,
} from "./multipart-rules.ts";
import {
  attributesOfRow,
  attributesToRow,
  checksumToRow,
  contentOf,
  toObjectRecord,
  toUploadRecord,
} from "./object-record.ts";
import { addressOf, type ObjectStore } from "./object-store.ts";
import type { PartRow, Slice, UploadRow } from "./rows.ts";
import { assertFiles } from "./present-files.ts";
import { asStagedContent, type Digests } from "./staging.ts";
import {
  findUpload,
  noSuchUpload,
  readParts,
  readUpload,
  storedParts,
  uploadRowKey,
} from "./stored-uploads.ts";
import type { Tables } from "./tables.ts";
import { makeUploadId } from "./version-id.ts";
import { addVersion, readCurrent } from "./version-store.ts";

export interface MultipartStoreParts {
  readonly tables: Tables;
  readonly commit: GroupCommit;
  readonly buckets: BucketStore;
  readonly content: ContentStore;
  readonly objects: ObjectStore;
  readonly files: BlobFiles;
  readonly now: () => Date;
}

/** Multipart uploads: parts keep their own files, and completing only writes a list of them. */
export class MultipartStore {
  readonly #parts: MultipartStoreParts;
  readonly #changes = new PartChanges();

  constructor(parts: MultipartStoreParts) {
    this.#parts = parts;
  }

  async create(input: NewUpload): Promise<UploadRecord> {
    const { commit, buckets, now } = this.#parts;
    return await commit.write((context) => {
      const bucket = buckets.getIn(context, input.bucket);
      const seq = context.sequence.next();
      const { checksum } = input;
      const row: UploadRow = {
        ...attributesToRow(input),
        seq,
        id: makeUploadId(seq),
        at: now().getTime(),
        initiator: input.initiatorArn,
        ...(checksum !== undefined && { sum: checksumToRow(checksum) }),
      };
      context.tables.uploads.put(uploadRowKey(bucket, input.key, seq), row);
      return toUploadRecord(input.bucket, input.key, row);
    });
  }

  get(bucketName: string, key: string, uploadId: string): UploadRecord {
    const bucket = this.#parts.buckets.get(bucketName);
    const row = findUpload(this.#parts.tables, bucket, key, uploadId);
    return toUploadRecord(bucketName, key, row);
  }

  async putPart(address: PartAddress, stagedBlob: StagedBlob): Promise<PartRecord> {
    const { commit, content } = this.#parts;
    const staged = asStagedContent(stagedBlob);
    return await staged.publish(
      async () =>
        await commit.write((context) =>
          this.#addPart(context, address, staged.sizeBytes, staged, () =>
            content.addStaged(context, staged),
          ),
        ),
    );
  }

  async copyPart(
    address: PartAddress,
    source: ObjectRecord,
    range?: ResolvedRange,
    keys: CopyKeys = {},
  ): Promise<PartRecord> {
    const { commit, content, objects } = this.#parts;
    const upload = this.get(address.bucket, address.key, address.uploadId);
    const target = objects.keys(keys.target);
    const held = objects.hold(source, (stored) =>
      content.hold(stored, objects.keys(keys.source), range),
    );
    try {
      await assertFiles(this.#parts.files, held);
      const algorithm = upload.checksum?.algorithm;
      if (!areShareable(held.pieces, target)) {
        const restaged = {
          ...(algorithm !== undefined && { checksums: [algorithm] }),
          ...(keys.target && { dataKey: keys.target }),
        };
        const put = async (staged: StagedBlob) => await this.putPart(address, staged);
        return await objects.withRestaged(held, restaged, put);
      }
      const digests =
        knownDigests(source, range, algorithm) ??
        (await objects.digest(held, algorithm === undefined ? [] : [algorithm]));
      const size = range === undefined ? source.sizeBytes : range.last - range.first + 1;
      return await commit.write((context) =>
        this.#addPart(context, address, size, digests, () =>
          content.addPieces(context, held.pieces, target),
        ),
      );
    } finally {
      held.release();
    }
  }

  listParts(
    bucketName: string,
    key: string,
    uploadId: string,
    after: number,
    limit: number,
  ): PartRecord[] {
    const bucket = this.#parts.buckets.get(bucketName);
    const upload = findUpload(this.#parts.tables, bucket, key, uploadId);
    const parts: PartRecord[] = [];
    if (limit <= 0) return parts;
    for (const part of storedParts(this.#parts.tables, upload.seq, after)) {
      parts.push(toPartRecord(part));
      if (parts.length === limit) break;
    }
    return parts;
  }

  async complete(input: CompleteUploadInput): Promise<ObjectRecord> {
    const drafted = await this.#draft(input);
    return await this.#parts.commit.write((context) => {
      const bucket = this.#parts.buckets.getIn(context, input.bucket);
      const address = addressOf(bucket, input.key);
      const upload = readUpload(context.tables, bucket, input.key, input.uploadId);
      if (upload !== undefined) {
        const fits = drafted?.mark === this.#changes.mark(upload.seq);
        return this.#complete(context, bucket, upload, input, fits ? drafted?.draft : undefined);
      }
      const earlier = repeatedCompletion(context.tables, address, input);
      if (earlier === undefined) throw noSuchUpload(input.uploadId);
      const manifest = earlier.content?.manifest;
      const parts = manifest === undefined ? undefined : this.#parts.content.manifest(manifest);
      return toObjectRecord(input.bucket, input.key, earlier, parts?.parts);
    });
  }

  async abort(
    bucketName: string,
    key: string,
    uploadId: string,
    onlyIf: (settings: BucketSettings) => boolean = () => true,
  ): Promise<void> {
    const { commit, buckets } = this.#parts;
    await commit.write((context) => {
      const bucket = buckets.getIn(context, bucketName);
      const upload = findUpload(context.tables, bucket, key, uploadId);
      if (!onlyIf(bucket.record.settings)) throw new S3Error("PreconditionFailed");
      this.#drop(context, uploadRowKey(bucket, key, upload.seq), upload.seq);
    });
  }

  /** All uploads of a bucket that is being deleted. */
  dropAll(context: WriteContext, bucket: KnownBucket): void {
    for (const entry of Array.from(
      context.tables.uploads.range(bucketRange(bucket.id, noKey, true)),
    )) {
      this.#drop(context, entry.key, entry.row.seq);
    }
  }

  /**
   * Undefined when there is no such upload or its parts do not fit: the write transaction then
   * looks again, and throws what is wrong.
   */
  async #draft(
    input: CompleteUploadInput,
  ): Promise<{ readonly draft: CompletionDraft; readonly mark: number } | undefined> {
    const { tables, buckets } = this.#parts;
    const bucket = buckets.find(input.bucket);
    const upload = bucket && readUpload(tables, bucket, input.key, input.uploadId);
    if (upload === undefined) return undefined;
    const mark = this.#changes.mark(upload.seq);
    const stored = await readInTurns((after) => storedParts(tables, upload.seq, after));
    try {
      return { draft: draftCompletion(upload, stored, input.parts), mark };
    } catch (error) {
      if (error instanceof S3Error) return undefined;
      throw error;
    }
  }

  #complete(
    context: WriteContext,
    bucket: KnownBucket,
    upload: UploadRow,
    input: CompleteUploadInput,
    drafted: CompletionDraft | undefined,
  ): ObjectRecord {
    const { content, now } = this.#parts;
    const address = addressOf(bucket, input.key);
    const current = readCurrent(context.tables, address);
    assertCompletionCondition(input.condition, input.key, upload, current);
    const draft =
      drafted ?? draftCompletion(upload, readParts(context.tables, upload.seq), input.parts);
    const { stored, chosen, checksum, etag, sizeBytes } = draft;
    assertExpectations(input, checksum, sizeBytes);

    this.#forget(context, bucket, upload, input.key, stored, chosen);
    const parts = chosen.map((part) => manifestPart(part));
    const slices = chosen.flatMap((part) => part.row.slices);
    const row = addVersion(context, content, address, bucket.record.settings.versioning, {
      ...attributesOfRow(upload),
      at: now().getTime(),
      size: sizeBytes,
      etag,
      ...(checksum !== undefined && {
        sum: [checksum.algorithm, checksum.type, checksum.value] as const,
      }),
      content: content.describe(context, slices, parts),
    });
    rememberCompletion(context, address, upload.id, row);
    return toObjectRecord(input.bucket, input.key, row, parts);
  }

  /** Removes a completed upload; the bytes of parts that were left out are given up. */
  #forget(
    context: WriteContext,
    bucket: KnownBucket,
    upload: UploadRow,
    key: string,
    stored: ReadonlyMap<number, PartRow>,
    chosen: readonly ChosenPart[],
  ): void {
    const used = new Set(chosen.map((part) => part.partNumber));
    for (const [partNumber, row] of stored) {
      if (!used.has(partNumber)) this.#parts.content.releaseSlices(context, row.slices);
      context.tables.parts.remove(partKey(upload.seq, partNumber));
    }
    context.tables.uploads.remove(uploadRowKey(bucket, key, upload.seq));
    this.#changes.forget(context, upload.seq);
  }

  #drop(context: WriteContext, key: Uint8Array, sequence: number): void {
    for (const part of Array.from(storedParts(context.tables, sequence))) {
      this.#parts.content.releaseSlices(context, part.row.slices);
      context.tables.parts.remove(partKey(sequence, part.partNumber));
    }
    context.tables.uploads.remove(key);
    this.#changes.forget(context, sequence);
  }

  #addPart(
    context: WriteContext,
    address: PartAddress,
    size: number,
    digests: Digests,
    slices: () => readonly Slice[],
  ): PartRecord {
    const bucket = this.#parts.buckets.getIn(context, address.bucket);
    const upload = findUpload(context.tables, bucket, address.key, address.uploadId);
    const key = partKey(upload.seq, address.partNumber);
    const replaced = context.tables.parts.get(key);
    const sum = upload.sum === undefined ? undefined : digests.checksums[upload.sum[0]];
    const row: PartRow = {
      size,
      etag: digests.md5,
      at: this.#parts.now().getTime(),
      ...(sum !== undefined && { sum }),
      slices: slices(),
    };
    if (replaced !== undefined) this.#parts.content.releaseSlices(context, replaced.slices);
    context.tables.parts.put(key, row);
    this.#changes.note(context, upload.seq);
    return toPartRecord({ partNumber: address.partNumber, row });
  }
}

const noKey = Buffer.alloc(0);

/**
 * The digests of a whole object as far as its record holds them, so that its bytes need not be
 * read.
 */
function knownDigests(
  source: ObjectRecord,
  range: ResolvedRange | undefined,
  algorithm: ChecksumAlgorithm | undefined,
): Digests | undefined {
  const whole = range === undefined || (range.first === 0 && range.last === source.sizeBytes - 1);
  const md5 = contentOf(source)?.md5;
  if (!whole || md5 === undefined) return undefined;
  if (algorithm === undefined) return { md5, checksums: {} };
  const { checksum } = source;
  if (checksum?.algorithm !== algorithm || checksum.type !== "FULL_OBJECT") return undefined;
  return { md5, checksums: { [algorithm]: checksum.value } };
}

function manifestPart({ partNumber, row }: ChosenPart): readonly [number, number, string?] {
  return row.sum === undefined ? [partNumber, row.size] : [partNumber, row.size, row.sum];
}

function toPartRecord({ partNumber, row }: ChosenPart): PartRecord {
  return {
    partNumber,
    sizeBytes: row.size,
    etag: row.etag,
    lastModified: new Date(row.at),
    ...(row.sum !== undefined && { checksum: row.sum }),
  };
}
