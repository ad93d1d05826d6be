import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { transferContext } from "../transfer-context.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { uploadFile } from "./upload-file.ts";
import { uploadStream } from "./upload-stream.ts";

// Says that it has 0 bytes, as all files there do.
const unsaid = "/proc/version";

describe.runIf(process.platform === "linux")("a file that says it is empty and is not", () => {
  it.each(["yes", "unknown"] as const)("is read to its end (overwrite: %s)", async (overwrite) => {
    const store = new MemoryStore({ overwrite });
    const told: unknown[] = [];
    const context = transferContext(store.asStore());
    const written = await uploadFile(context, unsaid, "a", {
      onProgress: (progress) => told.push(progress),
    });
    await context.temporary.remove();
    const bytes = await readFile(unsaid);
    expect(bytes.length).toBeGreaterThan(10);
    expect(store.objects.get("a")?.bytes.equals(bytes)).toBe(true);
    expect(written.sizeBytes).toBe(bytes.length);
    expect(told.every((each) => !Number.isNaN((each as { totalBytes: number }).totalBytes))).toBe(
      true,
    );
  });

  it("is one object, written under its conditions", async () => {
    const store = new MemoryStore();
    await uploadFile(transferContext(store.asStore()), unsaid, "a", { ifAbsent: true });
    expect(store.puts).toMatchObject([{ ifAbsent: true }]);
  });
});

function broken(): never {
  throw new Error("the stream broke");
}

describe("the file of a stream that may have to replace an object", () => {
  let folder = "";
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "sms-spool-test-"))));
  afterEach(() => rm(folder, { recursive: true }));

  const filesBelow = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  async function* chunks(end: () => void): AsyncGenerator<Uint8Array> {
    yield Buffer.from("abc");
    // It is there while it is needed, else this test would show nothing.
    expect(await filesBelow()).toHaveLength(1);
    end();
  }

  it.each([
    ["is over", () => undefined, "ok"],
    ["broke off", broken, "Unknown"],
  ])("goes when the stream %s", async (_how, end, code) => {
    const store = new MemoryStore({ overwrite: "unknown" });
    const context = transferContext(store.asStore(), { temporaryDirectory: folder });
    const outcome = await uploadStream(context, chunks(end), "a").then(
      () => "ok",
      (error: unknown) => (error as { code: string }).code,
    );
    expect(outcome).toBe(code);
    expect(await filesBelow()).toEqual([]);
  });

  it("goes when the store takes nothing", async () => {
    const store = new MemoryStore({ overwrite: "unknown" });
    store.fault = () => {
      throw failure("Unavailable");
    };
    const context = transferContext(store.asStore(), { temporaryDirectory: folder });
    await expect(
      uploadStream(
        context,
        chunks(() => undefined),
        "a",
      ),
    ).rejects.toThrow(/fail/);
    expect(await filesBelow()).toEqual([]);
  });
});
