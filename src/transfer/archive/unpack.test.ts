import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { failure, MemoryStore, pieces } from "../testing-fixtures/memory-store.ts";
import { endOfTar, tarMember } from "../testing-fixtures/tar-member.ts";
import { transferContext } from "../transfer-context.ts";
import type { ArchiveFormat } from "./archive-options.ts";
import { BucketTarget } from "./bucket-target.ts";
import { extractArchive } from "./extract-archive.ts";
import { openArchive } from "./open-archive.ts";
import type { ArchiveSource } from "./open-entries.ts";

const store = new MemoryStore();
const context = transferContext(store.asStore());
afterAll(() => context.temporary.remove());
const stream = (bytes: Buffer): ArchiveSource => ({ kind: "stream", chunks: pieces(bytes) });

it("takes a stream whose memory is used again for each chunk", async () => {
  const bytes = Buffer.concat([tarMember("a", "1".repeat(600)), tarMember("b", "2"), endOfTar]);
  async function* chunks() {
    const memory = Buffer.alloc(100);
    for (let at = 0; at < bytes.length; at += memory.length) {
      yield memory.subarray(0, bytes.copy(memory, 0, at));
    }
  }
  const target = new BucketTarget(context, "again/", {});
  await extractArchive(context, { kind: "stream", chunks: chunks() }, target);
  expect(String(store.objects.get("again/a")?.bytes)).toBe("1".repeat(600));
  expect(String(store.objects.get("again/b")?.bytes)).toBe("2");
});

it("tells why a small file failed, not that a large one was stopped by that", async () => {
  let begin: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  store.fault = async (operation, key) => {
    if (operation === "UploadPart") begin?.();
    if (operation !== "PutObject" || key !== "out/small") return;
    await begun;
    throw failure("AlreadyExists", { key });
  };
  const many = Buffer.alloc(12 * archiveLimits.wholeBytes);
  const bytes = Buffer.concat([tarMember("small", "1"), tarMember("large", many), endOfTar]);
  const target = new BucketTarget(context, "out/", {});
  await expect(extractArchive(context, stream(bytes), target)).rejects.toMatchObject({
    code: "AlreadyExists",
    key: "out/small",
  });
});

it.each<[ArchiveFormat]>([["tar"], ["tar.gz"], ["zip"]])(
  "a %s is bounded by the folders that its members lie in",
  async (format) => {
    for (const top of ["x", "y", "z"]) store.set(`deep/${top}/${"a/".repeat(20)}f`, "1");
    const chunks: Uint8Array[] = [];
    for await (const chunk of await openArchive(context, "deep/", { format })) chunks.push(chunk);
    const unpack = (maxEntries: number) => {
      const target = new BucketTarget(context, "shallow/", {});
      return extractArchive(context, stream(Buffer.concat(chunks)), target, { maxEntries });
    };
    await expect(unpack(62)).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining("the archive has more than 62 folders.") as string,
      remedy: "If it may, raise maxEntries.",
    });
    expect((await unpack(63)).files).toBe(3);
  },
);

describe("a bomb", () => {
  const zeros = Buffer.alloc(1024 * 1024);
  const bytes = gzipSync(
    Buffer.concat([...Array.from({ length: 90 }, (_, n) => tarMember(`z${n}`, zeros)), endOfTar]),
  );

  it("is refused once it grows beyond measure, unless that is wanted", async () => {
    await expect(extractArchive(context, stream(bytes), quiet)).rejects.toMatchObject({
      message: expect.stringContaining(
        "the archive unpacks to more than 200 times its size.",
      ) as string,
      remedy: "If it may, raise maxRatio.",
    });
    const result = await extractArchive(context, stream(bytes), quiet, { maxRatio: 2000 });
    expect(result.files).toBe(90);
  });

  it("of members that are skipped is refused as well", async () => {
    const one = gzipSync(Buffer.concat([tarMember("z", Buffer.alloc(90 * 2 ** 20)), endOfTar]));
    for (const bomb of [bytes, one]) {
      await expect(
        extractArchive(context, stream(bomb), quiet, { exclude: ["z*"] }),
      ).rejects.toMatchObject({
        message: expect.stringContaining("unpacks to more than 200 times its size") as string,
      });
    }
  });

  it.each([
    [{ maxBytes: 5 * 2 ** 20 }, "unpacks to more than 5242880 bytes"],
    [{ maxEntries: 5 }, "has more than 5 members"],
  ])("is bounded by %j too", async (options, what) => {
    await expect(extractArchive(context, stream(bytes), quiet, options)).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining(what) as string,
    });
  });

  const quiet = {
    fold: (name: string) => name,
    fault: () => undefined,
    write: () => Promise.resolve(),
    makeFolder: () => Promise.resolve(),
  };
});

it("says how many files it was at when it found the damage", async () => {
  const slow = new MemoryStore();
  const put = slow.putObject.bind(slow);
  slow.putObject = async (...given) => {
    await put(...given);
    await new Promise((resolve) => given[2]?.signal?.addEventListener("abort", resolve));
    throw failure("Aborted", { outcome: "unknown" });
  };
  const whole = gzipSync(Buffer.concat([tarMember("a", "1"), tarMember("b", "2"), endOfTar]));
  const target = new BucketTarget(transferContext(slow.asStore()), "out/", {});
  await expect(
    extractArchive(context, stream(whole.subarray(0, -12)), target),
  ).rejects.toMatchObject({
    code: "IntegrityError",
    message: expect.stringMatching(/ Under way, and perhaps there: [12]\.$/) as string,
    outcome: "unknown",
  });
  expect(slow.objects.has("out/a")).toBe(true);
});
