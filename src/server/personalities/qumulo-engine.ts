import { s3Limits } from "../../core/limits.ts";
import { Turns } from "../../core/turns.ts";
import type {
  BucketRecord,
  CompleteUploadInput,
  DeleteObjectInput,
  Engine,
  NewBucket,
  ObjectRecord,
  PutObjectInput,
} from "../../engine/engine.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { Refusal } from "./personality.ts";
import { asQumuloObject, asQumuloPart, newEtag, partMd5, withoutChecksum } from "./qumulo-etag.ts";
import { qumuloFacts } from "./qumulo-facts.ts";
import { listAsQumulo } from "./qumulo-listing.ts";
import {
  assertNothingInTheWay,
  assertPath,
  fromRoot,
  directoryOf,
  hasEntries,
  isThere,
} from "./qumulo-paths.ts";
import { refuse } from "./refuse.ts";

const bucketLimit = 16_000;
const partMultipleBytes = 4096;
const region = "local";

/** The engine with the rules of a file system: what is written, under which name, and what is left. */
export function playQumulo(engine: Engine, overwrite: Refusal): Engine {
  // Rules that look at other keys are judged and done in turn, bucket by bucket.
  const turns = new Turns();
  const files = new QumuloFiles(engine, overwrite);
  return {
    ...engine,
    createBucket: async (input) => await createBucket(engine, input),
    putObject: async (input) =>
      await turns.take(input.bucket, async () => withoutChecksum(await files.put(input))),
    copyObject: async (source, input, keys) =>
      await turns.take(input.bucket, async () => {
        assertPath(input.key);
        files.assertMayWrite(input.bucket, input.key);
        const { condition: _c, checksum: _s, ...rest } = input;
        const copied = await engine.copyObject(source, { ...rest, etag: newEtag() }, keys);
        await files.fillDirectories(input.bucket, input.key);
        return withoutChecksum(copied);
      }),
    getObject: (bucket, key, versionId) => {
      const record = engine.getObject(bucket, fromRoot(key), versionId);
      return record && asQumuloObject(record);
    },
    setObjectTags: async (address, tags) =>
      asQumuloObject(await engine.setObjectTags(address, tags)),
    setRestoredUntil: async (address, until) =>
      asQumuloObject(await engine.setRestoredUntil(address, until)),
    deleteObject: async (input) =>
      await turns.take(input.bucket, async () => {
        const [outcome] = await files.remove([input], async ([plain]) => [
          await engine.deleteObject(plain ?? input),
        ]);
        return outcome ?? { deleteMarker: false };
      }),
    deleteObjects: async (inputs) =>
      await turns.take(inputs[0]?.bucket ?? "", async () =>
        files.remove(inputs, async (plain) => await engine.deleteObjects(plain)),
      ),
    listObjects: (query) => listAsQumulo(engine, query),
    writeObjects: (query, target) => {
      const { entries, ...end } = listAsQumulo(engine, query);
      for (const entry of entries) target.addContent(entry);
      return end;
    },
    createUpload: async (input) => {
      assertPath(input.key);
      return await engine.createUpload(input);
    },
    putPart: async (address, staged) => asQumuloPart(await engine.putPart(address, staged)),
    copyPart: async (address, source, range, keys) =>
      asQumuloPart(await engine.copyPart(address, source, range, keys)),
    listParts: (bucket, key, uploadId, after, limit) =>
      engine.listParts(bucket, key, uploadId, after, limit).map(asQumuloPart),
    completeUpload: async (input) =>
      await turns.take(input.bucket, async () => withoutChecksum(await files.complete(input))),
  };
}

async function createBucket(engine: Engine, input: NewBucket): Promise<BucketRecord> {
  const { bucketNames, bucketCount } = qumuloFacts;
  if (input.name.includes(".")) {
    const extra = { BucketName: input.name };
    throw refuse(bucketNames.reaction, "A bucket's name has no dots here.", { extra });
  }
  if (engine.status().buckets >= bucketLimit) {
    throw refuse(
      bucketCount.reaction,
      `The cluster has ${bucketLimit} buckets, and no room for more.`,
    );
  }
  // It knows none of AWS's settings of new buckets.
  return await engine.createBucket({ ...input, region, settings: {} });
}

/** What a write or delete does to the paths around it. */
class QumuloFiles {
  readonly #engine: Engine;
  readonly #overwrite: Refusal;

  constructor(engine: Engine, overwrite: Refusal) {
    this.#engine = engine;
    this.#overwrite = overwrite;
  }

  async put(input: PutObjectInput): Promise<ObjectRecord> {
    const { bucket, key, staged } = input;
    assertPath(key);
    if (key.endsWith("/")) {
      if (staged.sizeBytes > 0) {
        throw refuse(qumuloFacts.fileAndDirectory.reaction, "A directory has no bytes of its own.");
      }
      if (hasEntries(this.#engine, bucket, key)) return await directoryThere(input);
      assertNothingInTheWay(this.#engine, bucket, key);
    } else {
      this.assertMayWrite(bucket, key);
    }
    const { condition: _c, checksum: _s, ...rest } = input;
    const record = await this.#engine.putObject({ ...rest, etag: newEtag() });
    await this.fillDirectories(bucket, key);
    return record;
  }

  async complete(input: CompleteUploadInput): Promise<ObjectRecord> {
    const { bucket, key } = input;
    const { condition: _c, checksum: _s, ...rest } = input;
    const parts = input.parts.map(({ partNumber, etag }) => ({ partNumber, etag: partMd5(etag) }));
    // One that is not open may have been completed before, which the engine knows.
    if (this.#isOpen(input)) {
      this.assertMayWrite(bucket, key);
      this.#assertAligned(input);
    }
    const record = await this.#engine.completeUpload({ ...rest, parts });
    await this.fillDirectories(bucket, key);
    return record;
  }

  /** Throws the refusal of an overwrite, unless the bucket keeps the version that was there. */
  assertMayWrite(bucket: string, key: string): void {
    const versioned = this.#engine.getBucket(bucket)?.settings.versioning === "Enabled";
    if (!versioned && isThere(this.#engine, bucket, key)) {
      const message = "The file is there already, and this store does not write over files.";
      throw refuse(this.#overwrite, message, { extra: { Key: key } });
    }
    assertNothingInTheWay(this.#engine, bucket, key);
  }

  /** Directories that have an entry now are not listed by themselves any more. */
  async fillDirectories(bucket: string, key: string): Promise<void> {
    for (let path = directoryOf(key); path !== ""; path = directoryOf(path)) {
      if (isThere(this.#engine, bucket, path)) {
        await this.#engine.deleteObject({ bucket, key: path });
      }
    }
  }

  /** Deletes, and keeps the directory of the last file that was in it. */
  async remove<T>(
    asked: readonly DeleteObjectInput[],
    run: (inputs: readonly DeleteObjectInput[]) => Promise<T[]>,
  ): Promise<T[]> {
    const inputs = asked.map((input) => ({ ...input, key: fromRoot(input.key) }));
    const left = new Set<string>();
    for (const { bucket, key, versionId } of inputs) {
      if (versionId === undefined && isThere(this.#engine, bucket, key)) left.add(directoryOf(key));
    }
    const outcomes = await run(inputs.map(withoutCondition));
    const bucket = inputs[0]?.bucket ?? "";
    // A directory of versions cannot be empty: they are files in it.
    if (this.#engine.getBucket(bucket)?.settings.versioning === undefined) {
      for (const directory of left) await this.#keepDirectory(bucket, directory);
    }
    return outcomes;
  }

  async #keepDirectory(bucket: string, key: string): Promise<void> {
    if (key === "" || hasEntries(this.#engine, bucket, key)) return;
    const staged = await this.#engine.stage(noBytes());
    await this.#engine.putObject({
      bucket,
      key,
      staged,
      etag: newEtag(),
      headers: { "content-type": "binary/octet-stream" },
      metadata: {},
      encryption: { algorithm: "AES256" },
    });
  }

  #isOpen({ bucket, key, uploadId }: CompleteUploadInput): boolean {
    try {
      this.#engine.getUpload(bucket, key, uploadId);
      return true;
    } catch (error) {
      if (error instanceof S3Error && error.code === "NoSuchUpload") return false;
      throw error;
    }
  }

  #assertAligned({ bucket, key, uploadId, parts }: CompleteUploadInput): void {
    const stored = this.#engine.listParts(bucket, key, uploadId, 0, s3Limits.partsPerUpload);
    const sizes = new Map(stored.map(({ partNumber, sizeBytes }) => [partNumber, sizeBytes]));
    for (const { partNumber } of parts.slice(0, -1)) {
      const sizeBytes = sizes.get(partNumber) ?? 0;
      if (sizeBytes % partMultipleBytes === 0) continue;
      throw refuse(
        qumuloFacts.partAlignment.reaction,
        `Part ${partNumber} has ${sizeBytes} bytes; every part but the last must have a multiple of ` +
          `${partMultipleBytes}.`,
        { extra: { UploadId: uploadId, PartNumber: String(partNumber) } },
      );
    }
  }
}

function withoutCondition({ ifMatch: _ignored, ...plain }: DeleteObjectInput): DeleteObjectInput {
  return plain;
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  // A directory has none.
}

/** Making a directory again changes nothing. */
async function directoryThere(input: PutObjectInput): Promise<ObjectRecord> {
  const { bucket, key, staged, headers, metadata, encryption } = input;
  await staged.discard();
  return {
    bucket,
    key,
    headers,
    metadata,
    encryption,
    versionId: "null",
    deleteMarker: false,
    sizeBytes: 0,
    etag: newEtag(),
    lastModified: new Date(0),
    content: undefined,
  };
}
