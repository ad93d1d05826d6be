import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mib } from "../../core/limits.ts";
import { transferContext, type TransferContext } from "../transfer-context.ts";
import { downloadFile } from "./download-file.ts";
import { broken, failure, MemoryStore, pieces } from "../testing-fixtures/memory-store.ts";
import { patiently } from "../testing-fixtures/patiently.ts";

let folder: string;
let target: string;
let store: MemoryStore;
let context: TransferContext;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sms-download-test-"));
  target = path.join(folder, "file");
  store = new MemoryStore();
  context = transferContext(store.asStore(), { temporaryDirectory: folder });
});

afterEach(async () => {
  await context.temporary.remove();
  await rm(folder, { recursive: true, force: true });
});

const small = Buffer.from("0123456789".repeat(30_000));
const large = Buffer.alloc(26 * mib + 123);
for (let n = 0; n < large.length; n += 4096) large.writeUInt32LE(n, Math.min(n, large.length - 4));

const sizes: [string, Buffer][] = [
  ["small", small],
  ["large", large],
];

describe.each(sizes)("downloading a %s object", (_size, bytes) => {
  beforeEach(() => store.set("a", bytes));

  async function isWhole(): Promise<boolean> {
    await downloadFile(context, "a", target);
    expect(await readdir(folder)).toEqual(["file"]);
    return bytes.equals(await readFile(target));
  }

  it("writes it whole, replacing what was there", async () => {
    await writeFile(target, "old");
    expect(await isWhole()).toBe(true);
  });

  it("takes a broken body up where it broke, pinned to the ETag", async () => {
    store.bodyOf = (part, call) => (call % 2 === 1 ? broken(part, 100_000) : pieces(part));
    expect(await isWhole()).toBe(true);
    const resumed = store.gets.filter(({ range }) => range !== undefined);
    expect(resumed.length).toBeGreaterThan(0);
    const { etag } = store.objects.get("a") ?? {};
    expect(resumed.every(({ ifMatch }) => ifMatch === etag)).toBe(true);
  });

  it("takes up a body that ends early without an error", async () => {
    store.bodyOf = (part, call) => pieces(call === 1 ? part.subarray(0, 1000) : part);
    expect(await isWhole()).toBe(true);
    const firsts = store.gets.map(
      ({ range }) => range !== undefined && "first" in range && range.first,
    );
    expect(firsts).toContain(1000);
  });

  it("keeps the old file and leaves nothing else when the bytes are wrong", async () => {
    await writeFile(target, "old");
    store.bodyOf = (part, call) => {
      const spoilt = Buffer.from(part);
      if (call === 1) spoilt[5] = 0xff;
      return pieces(spoilt);
    };
    await expect(downloadFile(context, "a", target)).rejects.toMatchObject({
      code: "IntegrityError",
      key: "a",
    });
    expect(await readFile(target, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["file"]);
  });

  it("starts again when the object is replaced meanwhile", async () => {
    const newer = Buffer.from(bytes);
    newer[7] = 0x77;
    store.bodyOf = (part, call) => {
      if (call === 1) store.set("a", newer);
      return call === 1 ? broken(part, 1000) : pieces(part);
    };
    await downloadFile(context, "a", target);
    expect(newer.equals(await readFile(target))).toBe(true);
  });

  it("gives up on an object that keeps being replaced", async () => {
    let version = 0;
    store.bodyOf = (part) => {
      version += 1;
      const newer = Buffer.from(bytes);
      newer.writeUInt32LE(version, 0);
      store.set("a", newer);
      return broken(part, 1000);
    };
    await expect(downloadFile(context, "a", target)).rejects.toMatchObject({ code: "Conflict" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("gives up after some breaks without progress", async () => {
    store.bodyOf = (part) => broken(part, 0);
    const { outcome } = await patiently(() => downloadFile(context, "a", target));
    expect(outcome).toBe("Unavailable");
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const controller = new AbortController();
    store.bodyOf = async function* (part) {
      yield part.subarray(0, 10);
      controller.abort();
      throw failure("Aborted");
    };
    const download = downloadFile(context, "a", target, { signal: controller.signal });
    await expect(download).rejects.toMatchObject({ code: "Aborted" });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("downloading", () => {
  it("fetches a large object in ranges side by side, but never more than allowed", async () => {
    store.set("a", large);
    let open = 0;
    let most = 0;
    store.bodyOf = async function* (part) {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      try {
        yield* pieces(part);
      } finally {
        open -= 1;
      }
    };
    await downloadFile(context, "a", target, { concurrency: 3 });
    expect(most).toBeLessThanOrEqual(3);
    expect(store.gets.map(({ range }) => range)).toEqual([
      undefined,
      { first: 8 * mib, last: 16 * mib - 1 },
      { first: 16 * mib, last: 24 * mib - 1 },
      { first: 24 * mib, last: large.length - 1 },
    ]);
  });

  it("makes nothing on the disk for an object that is missing", async () => {
    const below = path.join(folder, "new", "file");
    await expect(downloadFile(context, "a", below)).rejects.toMatchObject({ code: "NotFound" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("says that a file stands where a directory should", async () => {
    store.set("a", "x");
    await writeFile(target, "old");
    const below = path.join(target, "b", "c");
    await expect(downloadFile(context, "a", below)).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringMatching(/file where a directory should be/) as string,
    });
  });

  it.runIf(existsSync("/proc/self"))(
    "says that a target cannot be made, instead of trying for ever or missing it",
    async () => {
      store.set("a", "x");
      for (const below of ["/proc/none", "/proc/no/such/folder", "/proc/self/none/file"]) {
        await expect(downloadFile(context, "a", below)).rejects.toMatchObject({
          code: "InvalidArgument",
          message: expect.stringMatching(/the target \/proc\/.* cannot be made/) as string,
          remedy: "Choose another place.",
        });
      }
    },
  );

  it.skipIf(process.platform === "win32")(
    "lets nobody read what they could not read before",
    async () => {
      store.set("a", small);
      await writeFile(target, "old", { mode: 0o640 });
      await downloadFile(context, "a", target);
      expect((await stat(target)).mode & 0o777).toBe(0o640);
    },
  );

  it("does not touch a directory given as target", async () => {
    store.set("a", "x");
    await mkdir(target);
    await expect(downloadFile(context, "a", target)).rejects.toThrow(/is a directory/);
    expect(store.log).toEqual([]);
  });
});
