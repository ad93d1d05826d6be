import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { mib, s3Limits } from "../../core/limits.ts";
import { transferContext } from "../transfer-context.ts";
import { uploadBytes } from "./upload-object.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { streamPartBytes } from "./stream-part-bytes.ts";
import { uploadStream } from "./upload-stream.ts";

const large = Buffer.alloc(21 * mib + 5, "0123456789");

async function* chunksOf(bytes: Buffer, sizeBytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function* broken(): AsyncIterable<Uint8Array> {
  yield* chunksOf(large, mib);
  throw new Error("the producer died");
}

describe("uploadStream", () => {
  it.each([
    ["nothing", 0, 0],
    ["less than a part", 100_000, 0],
    ["exactly one part", 8 * mib, 1],
    ["exactly two parts", 16 * mib, 2],
    ["more", large.length, 3],
  ])("of %s stores every byte", async (_name, sizeBytes, partCount) => {
    const store = new MemoryStore();
    const bytes = large.subarray(0, sizeBytes);
    const result = await uploadStream(
      transferContext(store.asStore()),
      chunksOf(bytes, 300_007),
      "a",
    );
    expect(result.sizeBytes).toBe(sizeBytes);
    expect(store.objects.get("a")?.bytes.equals(bytes)).toBe(true);
    expect(store.log.filter((entry) => entry.startsWith("UploadPart"))).toHaveLength(partCount);
  });

  it("that breaks off leaves nothing behind and keeps what was there", async () => {
    const store = new MemoryStore();
    const context = transferContext(store.asStore());
    await uploadBytes(context, "old", "a");
    await expect(uploadStream(context, broken(), "a")).rejects.toThrow(/the producer died/);
    expect(store.objects.get("a")?.bytes.toString()).toBe("old");
    expect(store.log.at(-1)).toMatch(/^AbortMultipartUpload/);
  });

  it("gives up at once when it is aborted, however long the next chunk takes", async () => {
    const store = new MemoryStore();
    const silent = new PassThrough();
    silent.write(large.subarray(0, 9 * mib));
    const controller = new AbortController();
    const running = uploadStream(transferContext(store.asStore()), silent, "a", {
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 20);
    await expect(running).rejects.toMatchObject({ code: "Aborted" });
    expect(store.objects.size).toBe(0);
  });

  it("stops the stream when a part fails", async () => {
    const store = new MemoryStore();
    let left = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(mib);
      } finally {
        left = true;
      }
    }
    store.fault = (operation) => {
      if (operation === "UploadPart") throw failure("PermissionDenied", { status: 403 });
    };
    const running = uploadStream(transferContext(store.asStore()), endless(), "a");
    await expect(running).rejects.toMatchObject({ code: "PermissionDenied" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(left).toBe(true);
  });

  it("goes through a file where an object may have to be replaced in steps", async () => {
    const store = new MemoryStore({ overwrite: "unknown" });
    const context = transferContext(store.asStore());
    const result = await uploadStream(context, chunksOf(large, mib), "a");
    expect(result.sizeBytes).toBe(large.length);
    expect(store.objects.get("a")?.bytes.equals(large)).toBe(true);
    await context.temporary.remove();
  });

  it("has parts that hold 5 TiB within S3's limits", () => {
    let sum = 0;
    for (let part = 1; part <= s3Limits.partsPerUpload; part += 1) {
      const sizeBytes = streamPartBytes(part, 8 * mib, { equalParts: "no" });
      expect(sizeBytes).toBeLessThanOrEqual(s3Limits.maxPartBytes);
      sum += sizeBytes;
    }
    expect(sum).toBeGreaterThan(5 * 1024 ** 4);
  });

  it("has parts of one size on a store that wants them", () => {
    for (const part of [1, 1001, s3Limits.partsPerUpload]) {
      expect(streamPartBytes(part, 8 * mib, { equalParts: "yes" })).toBe(8 * mib);
    }
  });
});
