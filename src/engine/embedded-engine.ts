import { S3Error } from "../protocol/s3-error.ts";
import type { BucketStore } from "./bucket-store.ts";
import { ContentIterator } from "./read-content.ts";
import type { ContentStore } from "./content-store.ts";
import type { BlobFiles } from "./blob-files.ts";
import type { Engine, NewBucket, ObjectRecord } from "./engine.ts";
import type { EngineStatus } from "./engine-status.ts";
import { type GroupCommit, sequenceKey, type WriteContext } from "./group-commit.ts";
import { bucketRange } from "./index-keys.ts";
import { KeptAnswers } from "./kept-answers.ts";
import type { Listing } from "./listing.ts";
import type { MultipartStore } from "./multipart-store.ts";
import { assertFiles } from "./present-files.ts";
import type { RecordStore } from "./record-store.ts";
import { scrub } from "./scrub.ts";
import type { ObjectStore } from "./object-store.ts";
import type { SpaceGuard } from "./space-guard.ts";
import type { StoreMeasure } from "./store-measure.ts";
import type { StoreSnapshots } from "./store-snapshots.ts";
import type { Staging } from "./staging.ts";
import type { Tables } from "./tables.ts";

export interface EngineParts {
  readonly tables: Tables;
  readonly commit: GroupCommit;
  readonly buckets: BucketStore;
  readonly objects: ObjectStore;
  readonly listing: Listing;
  readonly uploads: MultipartStore;
  readonly content: ContentStore;
  readonly records: RecordStore;
  readonly files: BlobFiles;
  readonly staging: Staging;
  readonly space: SpaceGuard;
  readonly now: () => Date;
  readonly snapshots: StoreSnapshots;
  readonly status: () => EngineStatus;
  readonly measure: () => Promise<StoreMeasure>;
  readonly close: () => Promise<void>;
}

const noKey = Buffer.alloc(0);

/** The engine's calls, each handed to the store that knows. */
export function assembleEngine(parts: EngineParts): Engine {
  const { commit, buckets, objects, listing, uploads, content, files, staging, space } = parts;
  const answers = new KeptAnswers(() => parts.tables.meta.get(sequenceKey));
  const roomFirst = async <T>(write: () => Promise<T>): Promise<T> => {
    commit.assertWritable();
    await space.assertRoom();
    return await write();
  };
  return {
    createBucket: async (input: NewBucket) =>
      await roomFirst(
        async () => await commit.write((context) => buckets.create(context, input, parts.now())),
      ),
    getBucket: (name) => buckets.find(name)?.record,
    listBuckets: (options = {}) => buckets.list(options),
    updateBucketSettings: async (name, change) =>
      await commit.write((context) => buckets.update(context, name, change)),
    deleteBucket: async (name) => {
      await commit.write((context) => deleteBucket(context, parts, name));
    },

    stage: async (source, options) => {
      commit.assertWritable();
      return await staging.stage(source, options);
    },

    putObject: async (input) => await objects.put(input),
    getObject: (bucket, key, versionId) => objects.get(bucket, key, versionId),
    read: (record: ObjectRecord, range, dataKey) =>
      new ContentIterator(
        files,
        objects.hold(record, (stored) => content.hold(stored, objects.keys(dataKey), range)),
      ),
    assertPresent: async (record, range) => {
      const held = objects.hold(record, (stored) => content.holdFiles(stored, range));
      await assertFiles(files, held).finally(() => held.release());
    },
    scrub: async (options) => await scrub(parts, options),
    copyObject: async (source, input, keys) =>
      await roomFirst(async () => await objects.copy(source, input, keys)),
    deleteObject: async (input) => await objects.delete(input),
    deleteObjects: async (inputs) => await objects.deleteMany(inputs),
    setObjectTags: async (address, tags) => await objects.setTags(address, tags),
    setRestoredUntil: async (address, until) => await objects.setRestoredUntil(address, until),

    listObjects: (query) => listing.objects(query),
    writeObjects: (query, target) => listing.writeObjects(query, target),
    listVersions: (query) => listing.versions(query),
    keptAnswer: (name, make) => answers.answer(name, make),

    createUpload: async (input) => await roomFirst(async () => await uploads.create(input)),
    getUpload: (bucket, key, uploadId) => uploads.get(bucket, key, uploadId),
    putPart: async (address, staged) => await uploads.putPart(address, staged),
    copyPart: async (address, source, range, keys) =>
      await roomFirst(async () => await uploads.copyPart(address, source, range, keys)),
    listParts: (bucket, key, uploadId, after, limit) =>
      uploads.listParts(bucket, key, uploadId, after, limit),
    listUploads: (query) => listing.uploads(query),
    completeUpload: async (input) => await uploads.complete(input),
    abortUpload: async (bucket, key, uploadId, onlyIf) =>
      await uploads.abort(bucket, key, uploadId, onlyIf),

    records: parts.records,
    secrets: {
      seal: (bytes) => objects.keys(undefined).seal(bytes),
      open: (sealed) => objects.keys(undefined).open("store", sealed),
      // Longer than any salt, which are the other things that keys are made of.
      keyFor: (purpose) =>
        objects.keys(undefined).keyFor("store", Buffer.from(`a key of its own for ${purpose}`)),
    },

    snapshots: parts.snapshots,
    status: parts.status,
    measure: parts.measure,
    close: parts.close,
  };
}

function deleteBucket(context: WriteContext, parts: EngineParts, name: string): void {
  const bucket = parts.buckets.getIn(context, name);
  for (const table of [context.tables.current, context.tables.versions]) {
    for (const _entry of table.range(bucketRange(bucket.id, noKey, false))) {
      throw new S3Error("BucketNotEmpty", { extra: { BucketName: name } });
    }
  }
  parts.uploads.dropAll(context, bucket);
  parts.buckets.remove(context, name);
}
