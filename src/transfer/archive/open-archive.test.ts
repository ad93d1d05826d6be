import { gunzipSync, inflateRawSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { readTar } from "../testing-fixtures/read-tar.ts";
import { transferContext, type TransferContext } from "../transfer-context.ts";
import type { ArchiveFormat, ArchiveWishes } from "./archive-options.ts";
import { openArchive } from "./open-archive.ts";

let store: MemoryStore;
let context: TransferContext;

beforeEach(() => {
  store = new MemoryStore();
  context = transferContext(store.asStore());
});

const large = Buffer.alloc(2 * archiveLimits.pieceBytes + 12_345);
for (let at = 0; at < large.length; at += 4096)
  large.writeUInt32LE(at, Math.min(at, large.length - 4));

async function bytesOf(options: ArchiveWishes = {}, prefix = "p/"): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await openArchive(context, prefix, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function members(options: ArchiveWishes = {}) {
  return readTar(await bytesOf({ format: "tar", ...options }));
}

const names = async (options: ArchiveWishes = {}) =>
  (await members(options)).map(({ name }) => name);

function fill(...keys: string[]): void {
  for (const key of keys) store.set(`p/${key}`, `contents of ${key}`);
}

const long = `${"long-segment/".repeat(70)}x`;

describe("an archive", () => {
  it("holds what is below the prefix, in the order of the listing, with names of any kind", async () => {
    fill("a", "b=1/c d+e.tsv", "日本語", long);
    store.set("p2", "another's");
    const found = await members();
    expect(found.map(({ name }) => name)).toEqual(["a", "b=1/c d+e.tsv", "日本語", long]);
    expect(found.map(({ bytes }) => bytes.toString())).toEqual(
      found.map(({ name }) => `contents of ${name}`),
    );
    expect(found.map(({ modifiedSeconds }) => modifiedSeconds)).toEqual(
      Array(4).fill(Date.parse("2026-11-23T10:00:00Z") / 1000),
    );
  });

  it("keeps the time of the file that an object was", async () => {
    store.set("p/a", "x", { metadata: { mtime: "1700000000.5" } });
    expect((await members())[0]?.modifiedSeconds).toBe(1_700_000_000);
  });

  it("fetches large objects in ranges of the one that was listed", async () => {
    store.set("p/a", large);
    fill("b");
    const [first, second] = await members();
    expect(first?.bytes.equals(large)).toBe(true);
    expect(second?.bytes.toString()).toBe("contents of b");
    expect(store.gets.filter(({ range }) => range !== undefined)).toHaveLength(2);
    expect(store.gets.every(({ ifMatch }) => ifMatch !== undefined)).toBe(true);
  });

  it.each<[ArchiveFormat]>([["tar"], ["tar.gz"], ["zip"]])(
    "as %s has the same bytes whatever comes first",
    async (format) => {
      store.set("p/a", large);
      fill("b", "c", "d");
      const quiet = await bytesOf({ format, manifest: true });
      store.fault = (operation, key) =>
        operation === "GetObject" && key < "p/c"
          ? new Promise((resolve) => setTimeout(resolve, 5))
          : undefined;
      expect((await bytesOf({ format, manifest: true, concurrency: 2 })).equals(quiet)).toBe(true);
    },
  );

  it("as tar.gz is one gzip member around the tar", async () => {
    store.set("p/a", large);
    fill("b");
    const tar = await bytesOf({ format: "tar" });
    for (const level of [0, 1, 9]) {
      expect(gunzipSync(await bytesOf({ level })).equals(tar)).toBe(true);
    }
  });

  it("as zip stores what does not get smaller, and streams what is large", async () => {
    const letters = "abcdefgh".repeat(1000);
    store.set("p/a", letters);
    store.set("p/b", "x");
    store.set("p/c", large);
    const zip = await bytesOf({ format: "zip" });
    const end = zip.length - 22;
    expect(zip.readUInt32LE(end)).toBe(0x06054b50);
    expect(zip.readUInt16LE(end + 10)).toBe(3);
    const found: Record<string, Buffer> = {};
    for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50;) {
      const [packed, nameBytes, extraBytes] = [20, 28, 30].map((place) =>
        place === 20 ? zip.readUInt32LE(at + place) : zip.readUInt16LE(at + place),
      ) as [number, number, number];
      const name = zip.toString("utf8", at + 46, at + 46 + nameBytes);
      const local = zip.readUInt32LE(at + 42);
      const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const bytes = zip.subarray(from, from + packed);
      found[name] = zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes;
      at += 46 + nameBytes + extraBytes;
    }
    expect(Object.keys(found)).toEqual(["a", "b", "c"]);
    expect(found["a"]?.toString()).toBe(letters);
    expect(found["b"]?.toString()).toBe("x");
    expect(found["c"]?.equals(large)).toBe(true);
    expect(zip.length).toBeLessThan(large.length / 10);
  });

  it("holds what include, exclude and filter leave, below a root of its own", async () => {
    fill("a.tsv", "b.json", "logs/c.tsv", "d.tsv");
    expect(await names({ include: ["*.tsv"], exclude: ["logs/"] })).toEqual(["a.tsv", "d.tsv"]);
    expect(await names({ root: "exp-1", accepts: ({ key }) => key.endsWith(".json") })).toEqual([
      "exp-1/b.json",
    ]);
  });

  it("holds markers of folders as folders", async () => {
    store.set("p/", "");
    store.set("p/empty/", "");
    expect((await members()).map(({ name, type }) => [name, type])).toEqual([["empty/", "5"]]);
  });

  it("says how far it is, and in the end what it holds", async () => {
    fill("a", "b");
    const progress: number[] = [];
    const archive = await openArchive(context, "p/", {
      onProgress: ({ members: count }) => progress.push(count),
    });
    for await (const _chunk of archive);
    expect(progress).toEqual([1, 2]);
    expect(archive.report).toEqual({ members: 2, doneBytes: 26, leftOut: [] });
  });

  it("is a web stream too, which ends all work when it is cancelled", async () => {
    fill("a", "b");
    const archive = await openArchive(context, "p/", { format: "tar" });
    const body = Buffer.from(await new Response(archive.stream()).arrayBuffer());
    expect(readTar(body)).toHaveLength(2);
    const other = await openArchive(context, "p/");
    await other.stream().cancel();
    expect(await other.next()).toEqual({ done: true, value: undefined });
  });
});

describe("an archive of nothing", () => {
  it("is refused before a byte of it, unless it is wanted", async () => {
    fill("a");
    await expect(bytesOf({}, "none/")).rejects.toMatchObject({
      code: "NotFound",
      message: "streamArchive: there is nothing below s3://bkt/none/.",
    });
    await expect(bytesOf({ include: ["*.tsv"] })).rejects.toMatchObject({
      code: "NotFound",
      message: "streamArchive: none of 1 objects below s3://bkt/p/ is left to archive.",
    });
    expect(readTar(await bytesOf({ format: "tar", allowEmpty: true }, "none/"))).toEqual([]);
  });

  it("of an object's own key says that it is one", async () => {
    store.set("p/a", "1");
    await expect(bytesOf({}, "p/a/")).rejects.toMatchObject({
      code: "NotFound",
      message: "streamArchive: there is nothing below s3://bkt/p/a/, but an object s3://bkt/p/a.",
    });
  });
});

/** The bytes until the failure, which has to come. */
async function broken(options: ArchiveWishes = {}) {
  const chunks: Uint8Array[] = [];
  const archive = await openArchive(context, "p/", { format: "tar", ...options });
  const error: unknown = await (async () => {
    for await (const chunk of archive) chunks.push(chunk);
  })().catch((thrown: unknown) => thrown);
  return { error, bytes: Buffer.concat(chunks) };
}

const vanishes = (key: string) => {
  store.fault = (operation, found) => {
    if (operation === "GetObject" && found === key) store.objects.delete(key);
  };
};

describe("what goes wrong midway", () => {
  beforeEach(() => fill("a", "b", "c"));
  it("an object that vanishes breaks it off before its end", async () => {
    vanishes("p/b");
    const { error, bytes } = await broken();
    expect(error).toMatchObject({ code: "Conflict", key: "p/b", retryable: true });
    expect(() => readTar(bytes)).toThrow("no end");
  });

  it("so does one that is replaced, also while it is read", async () => {
    store.fault = (operation, found) => {
      if (operation === "GetObject" && found === "p/b") store.set("p/b", "a newer one");
    };
    expect((await broken()).error).toMatchObject({ code: "Conflict", key: "p/b" });
    store.set("p/b", large);
    let gets = 0;
    store.fault = (operation, found) => {
      if (operation !== "GetObject" || found !== "p/b") return;
      gets += 1;
      if (gets === 2) store.set("p/b", Buffer.from(large).fill(7, 0, 9));
    };
    const { error, bytes } = await broken({ onMissing: "report" });
    expect(error).toMatchObject({ code: "PreconditionFailed", key: "p/b" });
    expect(() => readTar(bytes)).toThrow("no end");
  });

  it("so do bytes that are not those that were stored", async () => {
    store.bodyOf = async function* (bytes) {
      const spoilt = Buffer.from(bytes);
      if (spoilt.toString() === "contents of b") spoilt[0] = 0;
      yield spoilt;
    };
    const { error } = await broken();
    expect(error).toMatchObject({ code: "IntegrityError", key: "p/b" });
  });

  it("a refused read breaks it off whatever may be missing", async () => {
    store.fault = (operation, key) => {
      if (operation === "GetObject" && key === "p/b") throw failure("PermissionDenied", { key });
    };
    const { error } = await broken({ onMissing: "report" });
    expect(error).toMatchObject({ code: "PermissionDenied" });
  });

  it("what is missing is told by report and manifest when that is asked for", async () => {
    vanishes("p/b");
    const archive = await openArchive(context, "p/", { format: "tar", onMissing: "report" });
    const chunks: Uint8Array[] = [];
    for await (const chunk of archive) chunks.push(chunk);
    const leftOut = [{ Key: "p/b", reason: "it has vanished" }];
    expect(archive.report).toEqual({ members: 2, doneBytes: 26, leftOut });
    const found = readTar(Buffer.concat(chunks));
    expect(found.map(({ name }) => name)).toEqual(["a", "c", "MANIFEST.jsonl"]);
    const lines = found.at(-1)?.bytes.toString().trim().split("\n") ?? [];
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { path: "a", Key: "p/a", Size: 13, checksum: { algorithm: "CRC32" } },
      { Key: "p/b", leftOut: "it has vanished" },
      { path: "c", Key: "p/c", Size: 13 },
    ]);
  });

  it("a body that breaks off is taken up where it broke", async () => {
    let call = 0;
    store.bodyOf = async function* (bytes) {
      call += 1;
      yield bytes.subarray(0, 5);
      if (call === 2) throw failure("Unavailable", { retryable: true });
      yield bytes.subarray(5);
    };
    expect(await names()).toEqual(["a", "b", "c"]);
  });

  it("a stop ends it with Aborted", async () => {
    const controller = new AbortController();
    const archive = await openArchive(context, "p/", { signal: controller.signal });
    controller.abort();
    await expect(
      (async () => {
        for await (const _chunk of archive);
      })(),
    ).rejects.toMatchObject({ code: "Aborted" });
  });

  it("who leaves early leaves nothing running", async () => {
    for (let n = 0; n < 50; n += 1) fill(`d${n}`);
    for await (const _chunk of await openArchive(context, "p/", { concurrency: 2 })) break;
    const calls = store.log.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.log).toHaveLength(calls);
    expect(calls).toBeLessThan(20);
  });
});

describe("a key that no archive can hold safely", () => {
  it.each([
    ["../x", "has a part .."],
    ["/x", "begins with /"],
    ["a//b", "has an empty part (//)"],
    ["./x", "has a part ."],
    ["C:/x", "begins with the letter of a drive"],
    ["a\\..\\b", "holds a backslash"],
    ["a\0b", "holds a NUL character"],
    ["folder/", "ends in / like that of a folder, and it has bytes"],
    ["MANIFEST.jsonl", "is that of the manifest"],
  ])("%j is refused, or left out and told", async (odd, reason) => {
    fill("z", odd);
    const key = `p/${odd}`;
    const told = { Key: key, reason: expect.stringContaining(`its name ${reason}`) as string };
    await expect(names({ manifest: true })).rejects.toMatchObject({ code: "InvalidKey", key });
    const archive = await openArchive(context, "p/", { onMissing: "report" });
    for await (const _chunk of archive);
    expect(archive.report.leftOut).toEqual([told]);
  });

  it("is one below another that is a file", async () => {
    fill("a", "a-b", "a/b");
    await expect(names()).rejects.toMatchObject({
      code: "InvalidKey",
      message:
        "streamArchive: the archive cannot hold p/a/b: its name lies below a, which is an object too.",
    });
  });

  it("is no root and no name of a manifest either", async () => {
    fill("a");
    for (const wish of [{ root: "../x" }, { root: "/" }, { manifest: "../m" }]) {
      await expect(names(wish)).rejects.toMatchObject({ code: "InvalidArgument" });
    }
  });
});
