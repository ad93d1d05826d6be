import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { endOfTar, tarMember } from "../testing-fixtures/tar-member.ts";
import { transferContext, type TransferContext } from "../transfer-context.ts";
import type { ArchiveFormat } from "./archive-options.ts";
import { BucketTarget } from "./bucket-target.ts";
import type { UnpackedObjectOptions } from "./unpacked-object-options.ts";
import { extractArchive } from "./extract-archive.ts";
import type { UnpackOptions } from "./extract-options.ts";
import { FolderTarget } from "./folder-target.ts";
import { openArchive } from "./open-archive.ts";
import type { ArchiveSource } from "./open-entries.ts";

let store: MemoryStore;
let context: TransferContext;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-extract-"));
  store = new MemoryStore();
  context = transferContext(store.asStore(), { temporaryDirectory: folder });
});

afterEach(async () => {
  await context.temporary.remove();
  await rm(folder, { recursive: true, force: true });
});

/** In pieces that fit no block. */
function stream(bytes: Buffer): ArchiveSource {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 1_111) yield bytes.subarray(at, at + 1_111);
  }
  return { kind: "stream", chunks: chunks() };
}

const extract = (source: ArchiveSource | Buffer, options?: UnpackOptions & UnpackedObjectOptions) =>
  extractArchive(
    context,
    Buffer.isBuffer(source) ? stream(source) : source,
    new BucketTarget(context, "out/", options ?? {}),
    options,
  );

const unpacked = (): Record<string, string> =>
  Object.fromEntries(
    [...store.objects]
      .filter(([key]) => key.startsWith("out/"))
      .map(([key, { bytes }]) => [key.slice(4), bytes.toString("latin1")]),
  );

async function archiveOf(format: ArchiveFormat, prefix = "p/"): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await openArchive(context, prefix, { format })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const large = Buffer.alloc(archiveLimits.wholeBytes + 54_321);
for (let at = 0; at < large.length; at += 512)
  large.writeUInt32LE(at, Math.min(at, large.length - 4));
const files = {
  a: "contents of a",
  "b=1/c d.tsv": "1\t2\n",
  "deep/er/日本語": "x".repeat(5000),
  empty: "",
  large: large.toString("latin1"),
  [`${"long-segment/".repeat(60)}x`]: "long",
};

describe.each<[ArchiveFormat]>([["tar"], ["tar.gz"], ["zip"]])(
  "a %s that was streamed",
  (format) => {
    beforeEach(() => {
      for (const [name, text] of Object.entries(files)) {
        store.set(`p/${name}`, Buffer.from(text, "latin1"));
      }
      store.set("p/deep/marker/", "");
    });

    it.each(["stream", "file", "object"])("is unpacked from a %s", async (kind) => {
      const bytes = await archiveOf(format);
      await writeFile(join(folder, "archive"), bytes);
      store.set("archive", bytes);
      const sources: Record<string, ArchiveSource> = {
        stream: stream(bytes),
        file: { kind: "file", path: join(folder, "archive") },
        object: { kind: "object", key: "archive" },
      };
      const result = await extract(sources[kind] ?? stream(bytes));
      expect(unpacked()).toEqual(files);
      const doneBytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
      expect(result).toEqual({ files: 6, doneBytes, leftOut: [] });
    });

    it("is unpacked to a folder, with times and folders", async () => {
      const bytes = await archiveOf(format);
      const target = await FolderTarget.at(join(folder, "new"), context.partFiles);
      await extractArchive(context, stream(bytes), target);
      for (const [name, text] of Object.entries(files)) {
        const file = join(folder, "new", name);
        expect((await readFile(file)).toString("latin1") === text).toBe(true);
        expect((await stat(file)).mtime.toISOString()).toBe("2026-11-23T10:00:00.000Z");
      }
      expect(await readdir(join(folder, "new", "deep", "marker"))).toEqual([]);
    });

    it("that is cut off anywhere, or spoilt, is refused", async () => {
      store.objects.delete("p/large");
      const bytes = await archiveOf(format);
      const places = [0, 1, 100, 511, 512, bytes.length >> 1, bytes.length - 1];
      for (const place of places.filter((at) => at < bytes.length)) {
        // Of so few bytes nobody can tell what they were to be.
        const least = format === "tar" ? 512 : 2;
        await expect(extract(bytes.subarray(0, place))).rejects.toMatchObject({
          code: place < least ? "InvalidArgument" : "IntegrityError",
        });
      }
      const spoilt = Buffer.from(bytes);
      const at = format === "zip" ? bytes.indexOf("contents") : format === "tar" ? 5 : 60;
      spoilt.writeUInt8(spoilt.readUInt8(at) ^ 0xff, at);
      await expect(extract(spoilt)).rejects.toMatchObject({ code: "IntegrityError" });
    });

    it("is taken in part where that is asked for", async () => {
      const bytes = await archiveOf(format);
      await extract(bytes, { include: ["*.tsv", "deep/"], exclude: ["deep/er/"] });
      expect(Object.keys(unpacked())).toEqual(["b=1/c d.tsv"]);
    });
  },
);

it("keeps times of change as metadata when that is asked for", async () => {
  await extract(
    Buffer.concat([tarMember("a", "x", { modifiedSeconds: 1_700_000_000 }), endOfTar]),
    {
      keepModifiedTime: true,
    },
  );
  expect(store.puts[0]?.metadata).toEqual({ mtime: "1700000000" });
});

const tar = (...parts: Buffer[]): Buffer => Buffer.concat([...parts, endOfTar]);

describe("a tar of another tool", () => {
  it("may begin its names with ./, give long ones in GNU's records and end in more zeros", async () => {
    const name = `${"x".repeat(120)}/${"y".repeat(120)}`;
    const bytes = tar(
      tarMember("./", "", { type: "5" }),
      tarMember("./a", "1"),
      tarMember("././@LongLink", `${name}\0`, { type: "L" }),
      tarMember(name.slice(0, 100), "2"),
      tarMember("old", "3", { type: "\0" }),
    );
    await extract(Buffer.concat([bytes, Buffer.alloc(10_240)]));
    expect(unpacked()).toEqual({ a: "1", [name]: "2", old: "3" });
  });

  it("may say size and name in PAX records, for one member or all", async () => {
    const bytes = tar(
      tarMember("global", "11 mtime=5\n", { type: "g" }),
      tarMember("pax", "15 path=n\u00e9w/x\n", { type: "x" }),
      tarMember("other", "text"),
      tarMember("b", "more"),
    );
    await extract(bytes);
    expect(unpacked()).toEqual({ "néw/x": "text", b: "more" });
  });

  it("of nothing is one", async () => {
    expect(await extract(endOfTar)).toEqual({ files: 0, doneBytes: 0, leftOut: [] });
  });

  it.each([
    ["../x", {}, "its name has a part .."],
    ["a/../../x", {}, "its name has a part .."],
    ["/etc/passwd", {}, "its name begins with /"],
    ["C:/x", {}, "its name begins with the letter of a drive"],
    ["a\\b", {}, "its name holds a backslash"],
    ["a//b", {}, "its name has an empty part"],
    ["ok", { type: "1" }, "is a hard link"],
    ["ok", { type: "2" }, "is a symbolic link"],
    ["ok", { type: "3" }, "is a device"],
    ["ok", { type: "6" }, "is a pipe"],
    ["ok", { type: "D" }, "is of the kind D"],
    ["full/", {}, "is a folder, and has bytes"],
    ["first", {}, "its name comes a second time"],
    ["first/below", {}, "its name lies below first, which is a file"],
    ["folder", {}, "its name is that of a folder as well"],
    ["first/", { type: "5" }, "its name is that of a file as well"],
    ["x".repeat(1030), {}, "its name makes a key of 1034 bytes"],
  ])("with a member %s %j is refused, or goes on without it", async (name, facts, reason) => {
    const long = tarMember("././@LongLink", `${name}\0`, { type: "L" });
    const odd =
      name.length > 100
        ? [long, tarMember("x", "odd")]
        : [tarMember(name, "type" in facts ? "" : "odd", facts)];
    const bytes = tar(
      tarMember("first", "1"),
      tarMember("folder/y", "2"),
      ...odd,
      tarMember("z", "3"),
    );
    await expect(extract(bytes)).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining(`is not unpacked: ${reason}`) as string,
    });
    expect(unpacked()).not.toHaveProperty("z");
    const result = await extract(bytes, { onUnsafe: "report" });
    expect(result.leftOut).toEqual([
      { path: name, reason: expect.stringContaining(reason) as string },
    ]);
    expect(unpacked()).toMatchObject({ first: "1", "folder/y": "2", z: "3" });
  });

  it.each([
    ["a bad sum", tarMember("a", "1", { sum: 5 }), "IntegrityError"],
    ["no end marker", tarMember("a", "1"), "IntegrityError"],
    ["something behind its end", Buffer.concat([endOfTar, tarMember("a", "1")]), "IntegrityError"],
    [
      "a PAX record that lies",
      tar(tarMember("x", "999 path=a\n", { type: "x" })),
      "IntegrityError",
    ],
    [
      "a PAX size that cannot be",
      tar(tarMember("x", "11 size=-5\n", { type: "x" })),
      "IntegrityError",
    ],
    [
      "a record of gigabytes",
      tarMember("x", "", { type: "x", sizeBytes: 2 ** 32 }),
      "IntegrityError",
    ],
    ["a name that is no UTF-8", tar(tarMember(Buffer.from([0x61, 0xff]), "1")), "InvalidKey"],
    ["xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), "NotSupported"],
  ])("with %s is refused", async (_what, bytes, code) => {
    await expect(extract(bytes)).rejects.toMatchObject({ code });
  });

  it.each([
    ["nothing", "", "The stream is empty, and so no archive."],
    [
      "a few words",
      "a,b\n1,2\n",
      "The stream is no tar, tar.gz or ZIP archive, or one that was cut off after 8 bytes.",
    ],
    [
      "many words",
      "x".repeat(2000),
      "The stream is no tar, tar.gz or ZIP archive: it begins like none.",
    ],
    [
      "words in gzip",
      gzipSync("x".repeat(2000)),
      "The stream, unpacked by gzip, is no tar, tar.gz or ZIP archive: it begins like none.",
    ],
  ])("that is %s is said to be none", async (_what, bytes, message) => {
    await expect(extract(Buffer.from(bytes))).rejects.toMatchObject({
      code: "InvalidArgument",
      message,
    });
  });

  it("names the object that is no archive", async () => {
    store.set("table.csv", "a,b\n".repeat(1000));
    await expect(extract({ kind: "object", key: "table.csv" })).rejects.toMatchObject({
      message: expect.stringMatching(/^table\.csv is no tar/) as string,
    });
  });

  it("says how many files it had written when it fails", async () => {
    const bytes = tar(tarMember("a", "1"), tarMember("b", "2"), tarMember("../c", "3"));
    await expect(extract(bytes, { concurrency: 1 })).rejects.toMatchObject({
      message: expect.stringMatching(
        /Until then [12] files had been written; they stay\.$/,
      ) as string,
      outcome: "applied",
    });
  });

  it("ends when a file cannot be written", async () => {
    store.fault = (operation, key) => {
      if (operation === "PutObject" && key === "out/b") throw failure("QuotaExceeded", { key });
    };
    const members = Array.from({ length: 50 }, (_, n) => tarMember(`m${n}`, "1"));
    await expect(extract(tar(tarMember("b", "2"), ...members))).rejects.toMatchObject({
      code: "QuotaExceeded",
    });
    expect(store.puts.length).toBeLessThan(40);
  });
});

describe("a ZIP archive", () => {
  it("with a member that cannot be unpacked writes nothing at all", async () => {
    store.set("p/aa", "1");
    store.set("p/bb", "2");
    const bytes = await archiveOf("zip");
    for (let at = bytes.indexOf("bb"); at !== -1; at = bytes.indexOf("bb", at + 2)) {
      bytes.write("..", at, "latin1");
    }
    await expect(extract(bytes)).rejects.toMatchObject({
      message: "extractArchive: .. is not unpacked: its name has a part ...",
    });
    expect(unpacked()).toEqual({});
  });

  it.each([
    // Info-ZIP on Linux writes UTF-8 and does not say so.
    [3, "d\u00fcnn", "dünn"],
    [0, "d\u00fcnn", "d├╝nn"],
  ])("made under %d tells names that are not said to be UTF-8", async (system, name, key) => {
    store.set(`p/${name}`, "1");
    const bytes = await archiveOf("zip");
    const central = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bytes.writeUInt8(system, central + 5);
    for (const at of [6, central + 8]) bytes.writeUInt16LE(bytes.readUInt16LE(at) & ~0x800, at);
    await extract(bytes);
    expect(unpacked()).toEqual({ [key]: "1" });
  });

  it("with links, other methods or locks leaves those out when told so", async () => {
    store.set("p/a", "1".repeat(100));
    store.set("p/b", "2");
    const bytes = await archiveOf("zip");
    const central = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const link = Buffer.from(bytes);
    link.writeUInt32LE((0o120777 << 16) >>> 0, central + 38);
    const method = Buffer.from(bytes);
    method.writeUInt16LE(14, central + 10);
    const locked = Buffer.from(bytes);
    locked.writeUInt16LE(1, central + 8);
    const reasons: unknown[] = [];
    for (const odd of [link, method, locked]) {
      reasons.push((await extract(odd, { onUnsafe: "report" })).leftOut);
    }
    expect(reasons).toEqual([
      [{ path: "a", reason: "is a symbolic link" }],
      [{ path: "a", reason: "is compressed by method 14" }],
      [{ path: "a", reason: "is encrypted" }],
    ]);
    expect(unpacked()).toEqual({ b: "2" });
  });
});

describe("a folder", () => {
  const one = Buffer.concat([tarMember("sub/a", "new"), endOfTar]);

  it("that holds a link to elsewhere is not written through", async () => {
    await mkdir(join(folder, "elsewhere"));
    await mkdir(join(folder, "target"));
    await symlink(join(folder, "elsewhere"), join(folder, "target", "sub"));
    const target = await FolderTarget.at(join(folder, "target"), context.partFiles);
    await expect(extractArchive(context, stream(one), target)).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining("is a link to another place") as string,
    });
    expect(await readdir(join(folder, "elsewhere"))).toEqual([]);
  });

  it("that ignores case takes no two names that it holds for one", async () => {
    const target = await FolderTarget.at(join(folder, "target"), context.partFiles);
    const folding = new Proxy(target, {
      get: (of, name) =>
        name === "fold"
          ? (text: string) => text.toLowerCase()
          : (Reflect.get(of, name, of) as () => unknown).bind(of),
    });
    const bytes = Buffer.concat([tarMember("a", "1"), tarMember("A", "2"), endOfTar]);
    await expect(extractArchive(context, stream(bytes), folding)).rejects.toMatchObject({
      message: expect.stringContaining("A is not unpacked: its name comes a second time") as string,
    });
  });

  it("gets whole files or none, and keeps what a file was closed to", async () => {
    await mkdir(join(folder, "target", "sub"), { recursive: true });
    await writeFile(join(folder, "target", "sub", "a"), "old", { mode: 0o600 });
    const target = await FolderTarget.at(join(folder, "target"), context.partFiles);
    const cut = Buffer.concat([tarMember("sub/a", large), endOfTar]).subarray(0, 3_000_000);
    await expect(extractArchive(context, stream(cut), target)).rejects.toMatchObject({
      code: "IntegrityError",
    });
    expect(await readdir(join(folder, "target", "sub"))).toEqual(["a"]);
    expect(await readFile(join(folder, "target", "sub", "a"), "utf8")).toBe("old");
    await extractArchive(context, stream(one), target);
    expect(await readFile(join(folder, "target", "sub", "a"), "utf8")).toBe("new");
    expect((await stat(join(folder, "target", "sub", "a"))).mode & 0o777).toBe(0o600);
  });
});
