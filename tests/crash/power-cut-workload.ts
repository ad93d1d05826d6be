import type { Engine } from "../../src/engine/engine.ts";
import { plain } from "../../src/engine/testing-fixtures/engine-calls.ts";
import { contentOf } from "./contents.mjs";

export const testBucket = "plain";
export const versioned = "versioned";
export const recordKinds = ["powercutone", "powercutother"] as const;

/** One change of one key of the plain bucket: to a label, or to nothing. */
interface KeyChange {
  readonly kind: "key";
  readonly key: string;
  readonly label: string | undefined;
}

/** A version that is made, or removed for good. */
interface VersionChange {
  readonly kind: "version";
  readonly key: string;
  readonly label: string;
  readonly removed: boolean;
}

/** Two records of a service, changed as one: to a label, or to nothing. */
interface RecordsChange {
  readonly kind: "records";
  readonly id: string;
  readonly label: string | undefined;
}

export type Change = KeyChange | VersionChange | RecordsChange;

/** In the disk's log: a change is asked for, and later acknowledged. */
export type Note =
  | { readonly what: "begin" | "ack"; readonly change: Change }
  | { readonly what: "commit"; readonly snapshot: number };

/** Several callers at once, each with keys of its own, and one operation of a key at a time. */
export class Workload {
  readonly #engine: Engine;
  readonly #note: (note: Note) => void;
  readonly #chance: () => number;

  constructor(engine: Engine, note: (note: Note) => void, chance: () => number) {
    this.#engine = engine;
    this.#note = note;
    this.#chance = chance;
  }

  async run(callers: number, steps: number): Promise<void> {
    const settings = { versioning: "Enabled" } as const;
    await this.#engine.createBucket({
      name: versioned,
      region: "r",
      ownerAccountId: "1",
      settings,
    });
    await this.#engine.createBucket({ name: testBucket, region: "r", ownerAccountId: "1" });
    await Promise.all(Array.from({ length: callers }, (_one, at) => this.#call(`${at}`, steps)));
  }

  async #call(caller: string, steps: number): Promise<void> {
    let hot: string | undefined;
    await this.#changeRecords(caller, `${caller}-first`);
    const versions: { readonly id: string; readonly label: string }[] = [];
    for (let step = 0; step < steps; step += 1) {
      const label = `${caller}-${step}`;
      const key = `hot/${caller}`;
      switch (Math.floor(this.#chance() * 8)) {
        case 0:
          await this.#told(`once/${label}`, label, async () => this.#put(`once/${label}`, label));
          break;
        case 1:
        case 2:
          await this.#told(key, label, async () => await this.#put(key, label));
          hot = label;
          break;
        case 3:
          await this.#told(key, undefined, async () =>
            this.#engine.deleteObject({ bucket: testBucket, key }),
          );
          hot = undefined;
          break;
        case 4:
          if (hot === undefined) break;
          await this.#told(`copy/${label}`, hot, async () => await this.#copy(key, label));
          break;
        case 5:
          await this.#told(`parts/${label}`, label, async () => this.#putInParts(label));
          break;
        case 6:
          await this.#refused(label);
          await this.#changeRecords(caller, this.#chance() < 0.3 ? undefined : label);
          break;
        default:
          await this.#changeVersions(caller, label, versions);
      }
    }
  }

  async #told(key: string, label: string | undefined, call: () => Promise<unknown>): Promise<void> {
    const change: Change = { kind: "key", key, label };
    this.#note({ what: "begin", change });
    await call();
    this.#note({ what: "ack", change });
  }

  /** As IAM keeps a user and its key: neither is there without the other. */
  async #changeRecords(id: string, label: string | undefined): Promise<void> {
    const change: Change = { kind: "records", id, label };
    this.#note({ what: "begin", change });
    await this.#engine.records.update((records) => {
      for (const kind of recordKinds) {
        if (label === undefined) records.remove(kind, id);
        else records.put(kind, id, { label });
      }
    });
    this.#note({ what: "ack", change });
  }

  async #changeVersions(
    key: string,
    label: string,
    versions: { readonly id: string; readonly label: string }[],
  ): Promise<void> {
    const old = this.#chance() < 0.4 ? versions.shift() : undefined;
    const change: Change = {
      kind: "version",
      key,
      label: old?.label ?? label,
      removed: old !== undefined,
    };
    this.#note({ what: "begin", change });
    if (old === undefined) {
      const staged = await this.#stage(label);
      const record = await this.#engine.putObject({ bucket: versioned, key, staged, ...plain });
      versions.push({ id: record.versionId, label });
    } else {
      await this.#engine.deleteObject({ bucket: versioned, key, versionId: old.id });
    }
    this.#note({ what: "ack", change });
  }

  async #stage(label: string) {
    const small = this.#chance() < 0.25;
    const bytes = contentOf(label, small ? 300 : 17_000 + Math.floor(this.#chance() * 20_000));
    return await this.#engine.stage(
      (async function* () {
        yield bytes.subarray(0, 16_500);
        if (bytes.length > 16_500) yield bytes.subarray(16_500);
      })(),
    );
  }

  async #put(key: string, label: string): Promise<void> {
    const staged = await this.#stage(label);
    await this.#engine.putObject({ bucket: testBucket, key, staged, ...plain });
  }

  async #copy(from: string, label: string): Promise<void> {
    const source = this.#engine.getObject(testBucket, from);
    if (source === undefined) throw new Error(`${from} is missing.`);
    await this.#engine.copyObject(source, { bucket: testBucket, key: `copy/${label}`, ...plain });
  }

  /** Replaces a part, aborts another upload, and leaves a third one open now and then. */
  async #putInParts(label: string): Promise<void> {
    const bucket = testBucket;
    const key = `parts/${label}`;
    const start = async () =>
      await this.#engine.createUpload({ bucket, key, initiatorArn: "arn", ...plain });
    const { uploadId } = await start();
    const address = { bucket, key, uploadId, partNumber: 1 };
    await this.#engine.putPart(address, await this.#stage(`replaced ${label}`));
    const part = await this.#engine.putPart(address, await this.#stage(label));
    const other = await start();
    const otherAddress = { ...address, uploadId: other.uploadId };
    await this.#engine.putPart(otherAddress, await this.#stage(`aborted ${label}`));
    if (this.#chance() < 0.7) await this.#engine.abortUpload(bucket, key, other.uploadId);
    await this.#engine.completeUpload({ bucket, key, uploadId, parts: [part] });
  }

  /** Bytes that never become an object: a condition that fails, a client that goes away. */
  async #refused(label: string): Promise<void> {
    const condition = { ifMatch: "no such" };
    const staged = await this.#stage(label);
    const input = { bucket: testBucket, key: `never/${label}`, staged, condition, ...plain };
    await this.#engine.putObject(input).catch(() => undefined);
    await staged.discard();
    const source = (async function* () {
      yield contentOf(label, 20_000);
      throw new Error("connection lost");
    })();
    await this.#engine.stage(source).catch(() => undefined);
  }
}
