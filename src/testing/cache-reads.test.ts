import {
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { GetResult, ObjectStore } from "../core/object-store.ts";
import { createMemoryStore } from "./stores/create-memory-store.ts";
import { aroundCalls } from "../wrappers/around-calls.ts";
import { cacheReads, type CacheReadsOptions } from "../wrappers/cache-reads.ts";
import { injectFaults } from "../wrappers/inject-faults.ts";
import { observe, type ObservedCall } from "../wrappers/observe.ts";
import { withPrefix } from "../wrappers/with-prefix.ts";

let folder: string;
let store: ObjectStore;
let calls: ObservedCall[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-cache-"));
  store = createMemoryStore();
  calls = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function cached(options: Partial<CacheReadsOptions> = {}, of = store): ObjectStore {
  const seen = observe(of, { ended: (call) => calls.push(call) });
  return cacheReads(seen, { folder, ...options });
}

async function read(from: ObjectStore, key: string): Promise<string> {
  return (await buffer((await from.getObject(key)).body)).toString();
}

/** Bytes that the last read took from the store. */
const fetched = (): number | undefined => calls.at(-1)?.bodyBytes;
const contents = () => readdir(join(folder, "content")).catch(() => []);

async function sizeOfContents(): Promise<number> {
  let sum = 0;
  for (const name of await contents()) sum += (await stat(join(folder, "content", name))).size;
  return sum;
}

it("reads again from the folder, and never what is old", async () => {
  await store.putObject("a", Buffer.from("first"), { metadata: { run: "7" } });
  const reads = cached();
  expect([await read(reads, "a"), fetched()]).toEqual(["first", 5]);
  expect([await read(reads, "a"), fetched()]).toEqual(["first", 0]);
  const { head, body } = await reads.getObject("a");
  await buffer(body);
  expect(head).toMatchObject({ key: "a", metadata: { run: "7" }, lastModified: expect.any(Date) });
  await store.putObject("a", Buffer.from("the second"));
  expect([await read(reads, "a"), fetched()]).toEqual(["the second", 10]);
  expect([await read(cached(), "a"), fetched()]).toEqual(["the second", 0]);
  await store.deleteObject("a");
  await expect(reads.getObject("a")).rejects.toMatchObject({ code: "NotFound" });
});

it("keeps the same bytes of two keys once, and tells buckets apart", async () => {
  await store.putObject("a", Buffer.from("same"));
  await store.putObject("b", Buffer.from("same"));
  await read(cached(), "a");
  await read(cached(), "b");
  expect(await contents()).toHaveLength(1);
  const another = createMemoryStore();
  await another.putObject("a", Buffer.from("same"));
  await read(cached({}, another), "a");
  expect([fetched(), await contents()]).toEqual([4, [expect.any(String)]]);
});

it("answers the headers of now, also where the same bytes were put again", async () => {
  await store.putObject("a", Buffer.from("same"), { metadata: { run: "7" } });
  const reads = cached();
  await read(reads, "a");
  const later = new Date(Date.now() + 5000);
  for (const metadata of [{ run: "8" }, {}]) {
    await store.putObject("a", Buffer.from("same"), { metadata });
    const { head, body } = await reads.getObject("a");
    expect(head.metadata).toEqual(metadata);
    expect(head.lastModified.getTime()).toBeLessThan(later.getTime());
    expect((await buffer(body)).toString()).toBe("same");
  }
  await store.putObjectTags("a", { kind: "x" });
  const tagged = await reads.getObject("a");
  await buffer(tagged.body);
  expect(tagged.head.tagCount).toBe(1);
});

it("tells subtrees apart, and knows an object by whichever way it is reached", async () => {
  await store.putObject("one/a", Buffer.from("first"));
  await store.putObject("two/a", Buffer.from("other"));
  const seen = observe(store, { ended: (call) => calls.push(call) });
  const [one, two] = ["one", "two"].map((prefix) =>
    cacheReads(withPrefix(seen, prefix), { folder }),
  );
  if (one === undefined || two === undefined) throw new Error("of two");
  expect([await read(one, "a"), fetched()]).toEqual(["first", 5]);
  expect([await read(two, "a"), fetched()]).toEqual(["other", 5]);
  expect([await read(one, "a"), fetched()]).toEqual(["first", 0]);
  expect([await read(cached(), "two/a"), fetched()]).toEqual(["other", 0]);
});

it("says why a read is refused in the words of the store's answer to it", async () => {
  await store.putObject("a", Buffer.from("whole"));
  const faulty = injectFaults(store, [
    { fault: "stale-credential", methods: ["headObject"], skip: 1 },
  ]);
  const reads = cacheReads(faulty, { folder });
  await read(reads, "a");
  await read(reads, "a");
  await expect(reads.getObject("a")).rejects.toMatchObject({ code: "Unauthenticated" });
  await store.deleteObject("a");
  await expect(cached().getObject("a")).rejects.toMatchObject({
    code: "NotFound",
    operation: "GetObject",
  });
});

it("fetches again what is damaged, cut off or no entry", async () => {
  await store.putObject("a", Buffer.from("whole"));
  const reads = cached();
  await read(reads, "a");
  const [name = ""] = await contents();
  const content = join(folder, "content", name);
  const [keyName = ""] = await readdir(join(folder, "keys"));
  const key = join(folder, "keys", keyName);
  const damages = [
    () => writeFile(content, "whale"),
    () => writeFile(content, "who"),
    () => rm(content),
    () => writeFile(key, "{"),
    () => writeFile(key, JSON.stringify({ sha256: "../../etc/passwd", etag: '"e"' })),
  ];
  for (const damage of damages) {
    await damage();
    expect([await read(reads, "a"), fetched()]).toEqual(["whole", 5]);
    expect(await readFile(content, "utf8")).toBe("whole");
    expect([await read(reads, "a"), fetched()]).toEqual(["whole", 0]);
  }
});

it("keeps no part of a body that was left, and nothing too large", async () => {
  await store.putObject("a", Buffer.alloc(100_000, "a"));
  const reads = cached({ maxObjectBytes: 100_000 });
  for await (const _chunk of (await reads.getObject("a")).body) break;
  await (await reads.getObject("a")).body[Symbol.asyncIterator]().return?.();
  expect([await contents(), await readdir(join(folder, "drafts"))]).toEqual([[], []]);
  await store.putObject("large", Buffer.alloc(100_001));
  await read(reads, "large");
  expect(await contents()).toEqual([]);
  await (
    await reads.getObject("a", { range: { first: 0, last: 9 } })
  ).body[Symbol.asyncIterator]().return?.();
  expect(await contents()).toEqual([]);
});

/** Files of the folder that this process holds open. Only Linux tells. */
async function openFiles(): Promise<string[]> {
  const links = await readdir("/proc/self/fd");
  const targets = links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => ""));
  return (await Promise.all(targets)).filter((path) => path.startsWith(folder));
}

it.skipIf(process.platform !== "linux")(
  "closes the file of a body that was left unread",
  async () => {
    await store.putObject("a", Buffer.from("whole"));
    const reads = cached();
    await read(reads, "a");
    for (let round = 0; round < 5; round += 1) {
      await (await reads.getObject("a")).body[Symbol.asyncIterator]().return?.();
    }
    expect(await openFiles()).toEqual([]);
  },
);

it("stays within its size, and lets what was not used for longest go", async () => {
  const reads = cached({ maxBytes: 1000 });
  for (let n = 0; n < 5; n += 1) {
    await store.putObject(`${n}`, Buffer.alloc(300, `${n}`));
    await read(reads, `${n}`);
    expect(await sizeOfContents()).toBeLessThanOrEqual(1000);
    // In the order in which they were read, whatever the file system's clock.
    const old = new Date(Date.now() - 3_600_000 + n * 1000);
    for (const kind of ["content", "keys"]) {
      for (const name of await readdir(join(folder, kind))) {
        const file = join(folder, kind, name);
        if ((await stat(file)).mtimeMs > Date.now() - 60_000) await utimes(file, old, old);
      }
    }
  }
  await read(reads, "4");
  expect(fetched()).toBe(0);
  await read(reads, "0");
  expect(fetched()).toBe(300);
  expect(await sizeOfContents()).toBeLessThanOrEqual(1000);
});

it("is shared by many at once, while entries go and come", async () => {
  for (let n = 0; n < 8; n += 1) await store.putObject(`${n}`, Buffer.alloc(400, `${n}`));
  const readers = Array.from({ length: 4 }, () => cached({ maxBytes: 1000 }));
  await Promise.all(
    readers.map(async (reads, reader) => {
      for (let round = 0; round < 40; round += 1) {
        const key = `${(round * 3 + reader) % 8}`;
        const found = await read(reads, key);
        expect(found).toBe(key.repeat(400));
      }
    }),
  );
  // One write of each reader may come after the look of another.
  expect(await sizeOfContents()).toBeLessThanOrEqual(1000 + 4 * 400);
  expect(await readdir(join(folder, "drafts"))).toEqual([]);
});

it("reads on when the folder takes no files any more", async () => {
  await store.putObject("a", Buffer.from("here"));
  const gone = join(folder, "gone");
  const reads = cached({ folder: gone });
  await rm(gone, { recursive: true });
  await writeFile(gone, "");
  expect(await read(reads, "a")).toBe("here");
  expect(await read(reads, "a")).toBe("here");
});

it("keeps nothing under an ETag that may be of other bytes as well", async () => {
  await store.putObject("a", Buffer.from("here"));
  const weak = aroundCalls(store, async ({ method }, run) => {
    if (method !== "getObject") return run();
    const { head, body } = (await run()) as GetResult;
    return { head: { ...head, etag: `W/${head.etag}` }, body };
  });
  expect(await read(cached({}, weak), "a")).toBe("here");
  expect(await contents()).toEqual([]);
});

it("says of a folder that cannot be made why, and at once", async () => {
  await writeFile(join(folder, "file"), "");
  const places = [
    join(folder, "file", "below"),
    ...(process.platform === "linux" ? ["/proc/x/y"] : []),
  ];
  for (const place of places) {
    const open = (): unknown => cached({ folder: place });
    expect(open).toThrow(expect.objectContaining({ code: "ConfigurationError" }));
    expect(open).toThrow(`cacheReads: ${place} takes no files: `);
  }
});

it("fetches again what was written again, though its ETag is the same", async () => {
  let time = new Date("2026-01-01T00:00:00Z");
  const clocked = createMemoryStore({ now: () => time });
  const versioned = createMemoryStore({ versioned: true, now: () => time });
  for (const of of [clocked, versioned]) {
    const reads = cached({}, of);
    await of.putObject("a", Buffer.from("same"));
    expect([await read(reads, "a"), fetched()]).toEqual(["same", 4]);
    expect([await read(reads, "a"), fetched()]).toEqual(["same", 0]);
    // Of the one another time tells it, of the other the version.
    if (of === clocked) time = new Date("2026-01-01T00:00:01Z");
    await of.putObject("a", Buffer.from("same"));
    expect([await read(reads, "a"), fetched()]).toEqual(["same", 4]);
  }
});
