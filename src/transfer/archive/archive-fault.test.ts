import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { endOfTar, tarMember } from "../testing-fixtures/tar-member.ts";
import { transferContext, type TransferContext } from "../transfer-context.ts";
import { BucketTarget } from "./bucket-target.ts";
import { extractArchive } from "./extract-archive.ts";
import type { UnpackOptions } from "./extract-options.ts";
import { openArchive } from "./open-archive.ts";

let store: MemoryStore;
let context: TransferContext;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-fault-"));
  store = new MemoryStore();
  context = transferContext(store.asStore(), { temporaryDirectory: folder });
});

afterEach(async () => {
  await context.temporary.remove();
  await rm(folder, { recursive: true, force: true });
});

const tar = Buffer.concat([tarMember("a", "1"), tarMember("b", "22"), endOfTar]);

async function zipOf(contents: Readonly<Record<string, string>>): Promise<Buffer> {
  for (const [name, text] of Object.entries(contents)) store.set(`p/${name}`, text);
  const chunks: Uint8Array[] = [];
  const archive = await openArchive(context, "p/", { format: "zip", level: 0 });
  for await (const chunk of archive) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function fromFile(bytes: Buffer, options: UnpackOptions = {}) {
  const path = join(folder, "archive");
  await writeFile(path, bytes);
  const target = new BucketTarget(context, "out/", {});
  return extractArchive(context, { kind: "file", path }, target, options);
}

function fromObject(bytes: Buffer) {
  store.set("in/archive", bytes);
  const target = new BucketTarget(context, "out/", {});
  return extractArchive(context, { kind: "object", key: "in/archive" }, target);
}

function spoiltAt(bytes: Buffer, text: string): Buffer {
  const at = bytes.indexOf(text);
  const spoilt = Buffer.from(bytes);
  spoilt.writeUInt8(spoilt.readUInt8(at) ^ 0xff, at);
  return spoilt;
}

describe("an archive that is damaged is told by its name", () => {
  it.each([
    ["a cut tar", tar.subarray(0, -700), /archive ends after \d+ bytes, before its end marker/],
    ["a cut gzip", gzipSync(tar).subarray(0, -4), /archive is damaged: unexpected end of file/],
    ["a tar with a spoilt header", spoiltAt(tar, "b\0"), /archive is damaged or no tar/],
    ["more behind the end", Buffer.concat([tar, tar]), /archive is damaged: there is more/],
  ])("of %s", async (_what, bytes, told) => {
    const code = "IntegrityError";
    const remedy = expect.stringMatching(/make or fetch it again/i) as string;
    for (const [name, reading] of [
      [join(folder, "archive"), fromFile],
      ["in/archive", fromObject],
    ] as const) {
      const error: unknown = await reading(bytes).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, remedy, operation: "extractArchive" });
      expect((error as Error).message.startsWith(name)).toBe(true);
      expect((error as Error).message).toMatch(told);
    }
  });

  it("of a ZIP without its end", async () => {
    const zip = await zipOf({ a: "contents of a" });
    await expect(fromObject(zip.subarray(0, -30))).rejects.toMatchObject({
      code: "IntegrityError",
      message: expect.stringMatching(/^in\/archive is damaged or no ZIP: /) as string,
      remedy: "Make or fetch it again.",
    });
  });

  it("that goes beyond a bound, too", async () => {
    await expect(fromFile(tar, { maxEntries: 1 })).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining(
        `extractArchive: ${join(folder, "archive")} has more than 1 members.`,
      ) as string,
    });
  });
});

describe("a member of a ZIP that is damaged", () => {
  it.each([
    ["small", "contents of b"],
    ["large", `contents of b${"x".repeat(archiveLimits.wholeBytes)}`],
  ])("is told by its and the archive's name, and can be left out: a %s one", async (_size, b) => {
    const spoilt = spoiltAt(await zipOf({ a: "1", b, c: "3" }), "contents of b");
    await expect(fromObject(spoilt)).rejects.toMatchObject({
      code: "IntegrityError",
      message: expect.stringMatching(
        /The member b of in\/archive is damaged: .*checksum/,
      ) as string,
      remedy: "Make or fetch the archive again; excluded, this member stops no other.",
    });
    await expect(fromFile(spoilt, { exclude: ["b"] })).resolves.toMatchObject({ files: 2 });
  });
});

async function* cutStream() {
  yield tar.subarray(0, -700);
}

it("one that came as a stream has no name", async () => {
  const target = new BucketTarget(context, "out/", {});
  await expect(
    extractArchive(context, { kind: "stream", chunks: cutStream() }, target),
  ).rejects.toMatchObject({ message: expect.stringMatching(/^The archive ends after /) as string });
});
