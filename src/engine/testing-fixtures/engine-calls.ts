import type { ResolvedRange } from "../../core/byte-range.ts";
import type { VersioningStatus } from "../../core/bucket-settings.ts";
import type { Engine, EngineOptions, ObjectRecord, PutObjectInput } from "../engine.ts";
import { openEngine } from "../open-engine.ts";

export const testBucket = "bucket";

/** Attributes of an object about which a test does not care. */
export const plain = {
  headers: { "content-type": "binary/octet-stream" },
  metadata: {},
  encryption: { algorithm: "AES256" },
} as const;

/** Runs a test on an engine in memory that has one bucket. */
export async function withEngine(
  run: (engine: Engine) => Promise<void>,
  options: EngineOptions & { readonly versioning?: VersioningStatus } = {},
): Promise<void> {
  const { versioning, ...engineOptions } = options;
  const engine = await openEngine({ durability: "memory", ...engineOptions });
  try {
    await createBucket(engine, testBucket, versioning);
    await run(engine);
  } finally {
    await engine.close();
  }
}

export async function createBucket(
  engine: Engine,
  name: string,
  versioning?: VersioningStatus,
): Promise<void> {
  await engine.createBucket({
    name,
    region: "us-east-1",
    ownerAccountId: "123456789012",
    ...(versioning !== undefined && { settings: { versioning } }),
  });
}

export async function setVersioning(engine: Engine, versioning: VersioningStatus): Promise<void> {
  await engine.updateBucketSettings(testBucket, (settings) => ({ ...settings, versioning }));
}

export async function* sourceOf(
  bytes: Uint8Array | string,
  chunkBytes = 65_536,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.from(bytes);
  for (let offset = 0; offset < buffer.length; offset += chunkBytes) {
    yield buffer.subarray(offset, offset + chunkBytes);
  }
}

/** Some bytes, then an error, as when a client goes away. */
export async function* brokenSource(): AsyncGenerator<Uint8Array> {
  yield patternBytes(100_000);
  throw new Error("connection lost");
}

export async function put(
  engine: Engine,
  key: string,
  bytes: Uint8Array | string = key,
  input: Partial<PutObjectInput> = {},
): Promise<ObjectRecord> {
  const staged = await engine.stage(sourceOf(bytes));
  try {
    return await engine.putObject({ bucket: testBucket, key, staged, ...plain, ...input });
  } finally {
    await staged.discard();
  }
}

export async function bytesOf(
  engine: Engine,
  record: ObjectRecord,
  range?: ResolvedRange,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of engine.read(record, range)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The latest version's bytes as text; undefined when there is none or it is a marker. */
export async function textOf(
  engine: Engine,
  key: string,
  versionId?: string,
): Promise<string | undefined> {
  const record = engine.getObject(testBucket, key, versionId);
  if (record === undefined || record.deleteMarker) return undefined;
  return (await bytesOf(engine, record)).toString();
}

/** Bytes that differ from place to place and from seed to seed. */
export function patternBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed * 2_654_435_761;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
