import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mib } from "../../core/limits.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { Engine, ObjectRecord, PartRecord, WriteCondition } from "../engine.ts";
import { openEngine } from "../open-engine.ts";
import { plain, sourceOf } from "./engine-calls.ts";
import { contentFor, md5, modelBuckets, modelKeys, pick, sizes } from "./model-contents.ts";
import { StoreModel, type ModelCondition, type ModelUpload } from "./store-model.ts";

/** Numbers by chance; each step takes what it needs, modulo what there is. */
export interface Step {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

interface Held {
  readonly record: ObjectRecord;
  readonly bytes: Buffer;
  readonly reader?: AsyncIterator<Uint8Array>;
}

/** Runs steps on an engine and on the model, and says where the two differ. */
export class ModelRun {
  readonly model = new StoreModel();
  /** How often a call of that name changed something. */
  readonly changes = new Map<string, number>();
  engine: Engine;
  #directory: string;
  #crashes = 0;
  readonly #held: Held[] = [];
  readonly #done: { readonly upload: ModelUpload; readonly parts: PartRecord[] }[] = [];

  readonly #calls: Record<string, (bucket: string, key: string, step: Step) => Promise<void>> = {
    put: async (bucket, key, step) => await this.#put(bucket, key, step),
    copy: async (bucket, key, step) => await this.#copy(bucket, key, step),
    delete: async (bucket, key) => await this.#delete(bucket, key),
    deleteVersion: async (bucket, key, step) => await this.#deleteVersion(bucket, key, step),
    deleteMany: async (bucket) => await this.#deleteMany(bucket),
    versioning: async (bucket, _key, step) => await this.#versioning(bucket, step),
    createBucket: async (bucket) => await this.createBucket(bucket),
    deleteBucket: async (bucket) => await this.#deleteBucket(bucket),
    createUpload: async (bucket, key) => await this.#createUpload(bucket, key),
    putPart: async (_bucket, _key, step) => await this.#putPart(step),
    copyPart: async (_bucket, _key, step) => await this.#copyPart(step),
    complete: async (_bucket, _key, step) => await this.#complete(step),
    again: async (_bucket, _key, step) => await this.#completeAgain(step),
    abort: async (_bucket, _key, step) => await this.#abort(step),
    tags: async (bucket, key, step) => await this.#tags(bucket, key, step),
    hold: async (bucket, key, step) => await this.#hold(bucket, key, step),
    reopen: async () => await this.#reopen(),
    kill: async () => await this.#kill(),
  };

  private constructor(engine: Engine, directory: string) {
    this.engine = engine;
    this.#directory = directory;
  }

  static async open(directory: string): Promise<ModelRun> {
    const run = new ModelRun(await openEngine({ directory }), directory);
    for (const name of modelBuckets) await run.createBucket(name);
    return run;
  }

  get directory(): string {
    return this.#directory;
  }

  /** Both must give the same error code, or none. */
  async #same<T>(
    what: string,
    expected: string | undefined,
    call: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      const result = await call();
      if (expected !== undefined) throw new Error(`${what}: ${expected} was expected.`);
      this.#count(what);
      return result;
    } catch (error) {
      if (error instanceof S3Error && error.code === expected) return undefined;
      throw error;
    }
  }

  #count(what: string): void {
    this.changes.set(what, (this.changes.get(what) ?? 0) + 1);
  }

  async createBucket(name: string): Promise<void> {
    const expected = this.model.buckets.has(name) ? "BucketAlreadyOwnedByYou" : undefined;
    const made = await this.#same("createBucket", expected, async () =>
      this.engine.createBucket({ name, region: "r", ownerAccountId: "1" }),
    );
    if (made) this.model.buckets.set(name, { versioning: undefined, keys: new Map() });
  }

  async step(step: Step): Promise<void> {
    const bucket = pick(modelBuckets, step.a >> 4);
    const key = pick(modelKeys, step.a);
    const call = this.#calls[step.name];
    if (call === undefined) throw new Error(step.name);
    await call(bucket, key, step);
  }

  #condition(
    bucket: string,
    key: string,
    at: number,
  ): [ModelCondition, WriteCondition | undefined] {
    const name = pick(["none", "none", "absent", "matching", "other"] as const, at);
    const etag = this.model.current(bucket, key)?.etag ?? "d41d8cd98f00b204e9800998ecf8427e";
    if (name === "absent") return [name, { ifNoneMatchAny: true }];
    if (name === "matching") return [name, { ifMatch: `"${etag}"` }];
    return [name, name === "other" ? { ifMatch: '"0123"' } : undefined];
  }

  async #put(bucket: string, key: string, { b, c, d }: Step): Promise<void> {
    const bytes = contentFor(pick(sizes.slice(0, 5), b), c);
    const [name, condition] = this.#condition(bucket, key, d);
    const staged = await this.engine.stage(sourceOf(bytes));
    const input = { bucket, key, staged, ...plain, ...(condition && { condition }) };
    const record = await this.#same(
      "put",
      this.model.refusal(bucket, key, name),
      async () => await this.engine.putObject(input),
    );
    await staged.discard();
    if (record === undefined) return;
    this.model.add(bucket, key, record.versionId, { marker: false, bytes, etag: md5(bytes) });
  }

  /** Of a version that is there, or of a record from earlier whose object may be gone. */
  async #copy(bucket: string, key: string, { b, c, d }: Step): Promise<void> {
    const source = this.#source(b, c);
    if (source === undefined) return;
    const [name, condition] = this.#condition(bucket, key, d);
    const expected = this.model.refusal(bucket, key, name);
    const input = { bucket, key, ...plain, ...(condition && { condition }) };
    let record: ObjectRecord;
    try {
      record = await this.engine.copyObject(source.record, input);
    } catch (error) {
      const code = error instanceof S3Error ? error.code : String(error);
      if (code === expected || (source.reader === undefined && code === "NoSuchKey")) return;
      throw error;
    }
    if (expected !== undefined) throw new Error(`copy: ${expected} was expected.`);
    this.#count(source.reader === undefined ? "copy" : "copy of what is being read");
    const etag = md5(source.bytes);
    this.model.add(bucket, key, record.versionId, { marker: false, bytes: source.bytes, etag });
  }

  #source(b: number, c: number): Held | undefined {
    if (b % 4 === 0 && this.#held.length > 0) return pick(this.#held, c);
    const all = [...this.model.buckets].flatMap(([bucket, { keys }]) =>
      [...keys].flatMap(([key, versions]) =>
        versions.filter((version) => !version.marker).map((version) => ({ bucket, key, version })),
      ),
    );
    if (all.length === 0) return undefined;
    const { bucket, key, version } = pick(all, b >> 2);
    const record = this.engine.getObject(bucket, key, version.id);
    if (record === undefined) throw new Error(`${key} ${version.id} is missing.`);
    return { record, bytes: version.bytes };
  }

  async #delete(bucket: string, key: string): Promise<void> {
    const expected = this.model.buckets.has(bucket) ? undefined : "NoSuchBucket";
    const outcome = await this.#same(
      "delete",
      expected,
      async () => await this.engine.deleteObject({ bucket, key }),
    );
    if (outcome) this.model.delete(bucket, key, outcome.versionId ?? "");
  }

  async #deleteVersion(bucket: string, key: string, { b }: Step): Promise<void> {
    const versions = this.model.buckets.get(bucket)?.keys.get(key) ?? [];
    if (versions.length === 0) return;
    const { id } = b % 5 === 0 ? { id: "null" } : pick(versions, b);
    await this.engine.deleteObject({ bucket, key, versionId: id });
    this.model.deleteVersion(bucket, key, id);
  }

  async #deleteMany(bucket: string): Promise<void> {
    if (!this.model.buckets.has(bucket)) return;
    const keys = modelKeys.filter((_key, at) => at % 2 === 0);
    const outcomes = await this.engine.deleteObjects(keys.map((key) => ({ bucket, key })));
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome instanceof Error) throw outcome;
      this.model.delete(bucket, pick(keys, at), outcome.versionId ?? "");
    }
  }

  async #versioning(name: string, { b }: Step): Promise<void> {
    const bucket = this.model.buckets.get(name);
    if (bucket === undefined) return;
    bucket.versioning = b % 3 === 0 ? "Suspended" : "Enabled";
    const { versioning } = bucket;
    await this.engine.updateBucketSettings(name, (settings) => ({ ...settings, versioning }));
  }

  async #deleteBucket(name: string): Promise<void> {
    const bucket = this.model.buckets.get(name);
    const full = bucket !== undefined && bucket.keys.size > 0 ? "BucketNotEmpty" : undefined;
    const expected = bucket === undefined ? "NoSuchBucket" : full;
    await this.#same("deleteBucket", expected, async () => await this.engine.deleteBucket(name));
    if (expected === undefined) this.model.deleteBucket(name);
  }

  async #createUpload(bucket: string, key: string): Promise<void> {
    if (!this.model.buckets.has(bucket) || this.model.uploads.size > 4) return;
    const input = { bucket, key, initiatorArn: "arn", ...plain };
    const { uploadId: id } = await this.engine.createUpload(input);
    const order = this.model.nextOrder();
    this.model.uploads.set(id, { bucket, key, id, parts: new Map(), order, deleted: false });
  }

  #upload(at: number): ModelUpload | undefined {
    const uploads = [...this.model.uploads.values()];
    return uploads.length === 0 ? undefined : pick(uploads, at);
  }

  async #putPart({ a, b, c, d }: Step): Promise<void> {
    const upload = this.#upload(a);
    if (upload === undefined) return;
    const { bucket, key, id } = upload;
    const address = { bucket, key, uploadId: id, partNumber: (d % 3) + 1 };
    const bytes = contentFor(pick([...sizes.slice(3), 5 * mib, 5 * mib], b), c);
    const part = await this.engine.putPart(address, await this.engine.stage(sourceOf(bytes)));
    upload.parts.set(address.partNumber, { bytes, etag: part.etag });
  }

  async #copyPart({ a, b, c, d }: Step): Promise<void> {
    const upload = this.#upload(a);
    const source = this.#source(b, c);
    if (upload === undefined || source === undefined || source.bytes.length === 0) return;
    const { bucket, key, id } = upload;
    const address = { bucket, key, uploadId: id, partNumber: (d % 3) + 1 };
    const first = d % 3 === 0 ? 0 : d % source.bytes.length;
    const range = d % 3 === 1 ? undefined : { first, last: source.bytes.length - 1 };
    const bytes = range === undefined ? source.bytes : source.bytes.subarray(first);
    try {
      const part = await this.engine.copyPart(address, source.record, range);
      if (part.etag !== md5(bytes)) throw new Error("copyPart: another ETag than its bytes'.");
      upload.parts.set(address.partNumber, { bytes, etag: part.etag });
      this.#count("copyPart");
    } catch (error) {
      const gone = error instanceof S3Error && error.code === "NoSuchKey";
      if (!gone || source.reader !== undefined) throw error;
    }
  }

  #completionRefusal(
    { bucket, key, deleted, order }: ModelUpload,
    condition: ModelCondition,
    parts: readonly Buffer[],
  ): string | undefined {
    const refused = this.model.refusal(bucket, key, condition);
    if (refused !== undefined) return refused;
    const current = this.model.current(bucket, key);
    const replaced = condition === "matching" && (current?.order ?? 0) > order;
    if ((condition === "absent" && deleted) || replaced) return "ConditionalRequestConflict";
    const small = parts.slice(0, -1).some((bytes) => bytes.length < 5 * mib);
    return small ? "EntityTooSmall" : undefined;
  }

  async #complete({ a, b, d }: Step): Promise<void> {
    const upload = this.#upload(a);
    if (upload === undefined || upload.parts.size === 0) return;
    const { bucket, key, id: uploadId } = upload;
    const stored = this.engine.listParts(bucket, key, uploadId, 0, 100);
    const skipped = b % 5 === 0 && stored.length > 1 ? b % stored.length : -1;
    const parts = stored.filter((_part, at) => at !== skipped);
    const chosen = parts.map((part) => upload.parts.get(part.partNumber)?.bytes ?? Buffer.alloc(0));
    const [name, condition] = this.#condition(bucket, key, d);
    const expected = this.#completionRefusal(upload, name, chosen);
    const record = await this.#same("complete", expected, async () =>
      this.engine.completeUpload({ bucket, key, uploadId, parts, ...(condition && { condition }) }),
    );
    if (record === undefined) return;
    this.model.uploads.delete(uploadId);
    const hashes = Buffer.concat(chosen.map((bytes) => Buffer.from(md5(bytes), "hex")));
    const etag = `${md5(hashes)}-${parts.length}`;
    this.model.add(bucket, key, record.versionId, {
      marker: false,
      bytes: Buffer.concat(chosen),
      etag,
    });
    this.#done.push({ upload, parts });
  }

  /** The same completion again: the object of then, or NoSuchUpload once that is gone. */
  async #completeAgain({ a }: Step): Promise<void> {
    if (this.#done.length === 0) return;
    const { upload, parts } = pick(this.#done, a);
    const { bucket, key, id: uploadId } = upload;
    try {
      const record = await this.engine.completeUpload({ bucket, key, uploadId, parts });
      const versions = this.model.buckets.get(bucket)?.keys.get(key) ?? [];
      const found = versions.find((version) => version.id === record.versionId);
      if (found?.etag !== record.etag) throw new Error("complete again: not the object of then.");
      this.#count("complete again");
    } catch (error) {
      const code = error instanceof S3Error ? error.code : "";
      if (code !== "NoSuchUpload" && code !== "NoSuchBucket") throw error;
    }
  }

  async #abort({ a, b }: Step): Promise<void> {
    const upload = this.#upload(a);
    if (upload === undefined || b % 3 !== 0) return;
    await this.engine.abortUpload(upload.bucket, upload.key, upload.id);
    this.model.uploads.delete(upload.id);
  }

  async #tags(bucket: string, key: string, { b }: Step): Promise<void> {
    const versions = (this.model.buckets.get(bucket)?.keys.get(key) ?? []).filter((v) => !v.marker);
    if (versions.length === 0) return;
    const version = pick(versions, b);
    const tags = Array.from({ length: b % 3 }, (_one, at) => ({ Key: `t${at}`, Value: "v" }));
    await this.engine.setObjectTags({ bucket, key, versionId: version.id }, tags);
    version.tags = tags.length;
  }

  /** Keeps a record, or a reader that has begun; both outlive what happens to the object. */
  async #hold(bucket: string, key: string, { b }: Step): Promise<void> {
    const bytes = this.model.current(bucket, key)?.bytes;
    const record = bytes && this.engine.getObject(bucket, key);
    if (bytes === undefined || record === undefined) return;
    if (b % 2 === 0) this.#held.push({ record, bytes });
    else {
      const reader = this.engine.read(record)[Symbol.asyncIterator]();
      this.#held.push({ record, bytes, reader });
    }
    if (this.#held.length > 6) await this.#release(this.#held.shift());
  }

  async #release(held: Held | undefined): Promise<void> {
    if (held?.reader === undefined) return;
    const chunks: Uint8Array[] = [];
    for (let next = await held.reader.next(); next.done !== true; next = await held.reader.next()) {
      chunks.push(next.value);
    }
    if (!Buffer.concat(chunks).equals(held.bytes)) throw new Error("A reader saw other bytes.");
  }

  async releaseAll(): Promise<void> {
    for (const held of this.#held.splice(0)) await this.#release(held);
  }

  async #reopen(): Promise<void> {
    await this.releaseAll();
    await this.engine.close();
    this.engine = await openEngine({ directory: this.#directory });
  }

  /** What a killed process leaves behind: its files as they are now, and a lock of nobody. */
  async #kill(): Promise<void> {
    await this.engine.stage(sourceOf(contentFor(70_000, 1)));
    await this.releaseAll();
    this.#crashes += 1;
    const after = `${this.#directory.replace(/-\d+$/, "")}-${this.#crashes}`;
    await cp(this.#directory, after, { recursive: true });
    await writeFile(join(after, "lock"), "killed");
    await this.engine.close();
    await rm(this.#directory, { recursive: true });
    this.#directory = after;
    this.engine = await openEngine({ directory: after });
    const { orphanedFiles } = this.engine.status().recovered;
    if (orphanedFiles < 1) throw new Error("The orphan was not found.");
  }

  /** Gives up everything; afterwards no bytes may be left. */
  async clear(): Promise<void> {
    await this.releaseAll();
    for (const [bucket, { keys }] of this.model.buckets) {
      for (const [key, versions] of keys) {
        for (const { id } of versions) {
          await this.engine.deleteObject({ bucket, key, versionId: id });
        }
      }
      await this.engine.deleteBucket(bucket);
    }
  }
}
