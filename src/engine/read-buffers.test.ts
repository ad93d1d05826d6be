import { expect, test } from "vitest";
import { fileLimits } from "../core/file-limits.ts";
import { ObjectKeys } from "./at-rest.ts";
import { BlobFiles } from "./blob-files.ts";
import { blockBytes, BlockSums } from "./block-sums.ts";
import type { Disk } from "./disk.ts";
import { nodeDisk } from "./node-disk.ts";
import { ContentIterator } from "./read-content.ts";
import { ReadBuffers } from "./read-buffers.ts";
import { VerifiedBlob } from "./verified-blob.ts";

test("only so many buffers are lent, and one that is back is lent again", () => {
  const buffers = new ReadBuffers();
  const lent = Array.from({ length: fileLimits.largeReads }, () => buffers.take());
  expect(new Set(lent).size).toBe(fileLimits.largeReads);
  expect(lent).not.toContain(undefined);
  expect(buffers.take()).toBeUndefined();
  const back = lent[3]!;
  buffers.give(back);
  expect(buffers.take()).toBe(back);
});

const id = "00112233445566778899aabbccddeeff";
const bytes = Buffer.alloc(10 * blockBytes + 5, "some bytes ");

const closeWell = async (): Promise<void> => await Promise.resolve();

function openFiles(key: Buffer | undefined, closing: () => Promise<void>) {
  const sums = new BlockSums(id, key);
  const file = Buffer.concat(sums.update(bytes));
  const row = sums.rows()[0];
  const disk: Disk = {
    ...nodeDisk,
    open: async () =>
      await Promise.resolve({
        read: async (target, position) =>
          await Promise.resolve(file.copy(target, 0, position, position + target.length)),
        close: closing,
      }),
  };
  const options = { disk, directory: "/nowhere", flush: false, onSyncFailure: () => undefined };
  const files = new BlobFiles(options);
  return { files, knowledge: { sums: () => row, blob: () => undefined } };
}

async function openBlob(
  key: Buffer | undefined,
  closing: () => Promise<void> = closeWell,
): Promise<{ readonly files: BlobFiles; readonly blob: VerifiedBlob }> {
  const { files, knowledge } = openFiles(key, closing);
  return { files, blob: await VerifiedBlob.open(files, id, knowledge, key) };
}

test("a reader's buffer is given back once its file is closed, not before", async () => {
  let free: (() => void) | undefined;
  const { files, blob } = await openBlob(
    Buffer.alloc(32, 7),
    async () => await new Promise((resolve) => (free = resolve)),
  );
  await blob.read(0, blockBytes);
  expect(blob.readBytes).toBe(fileLimits.largeReadBytes);
  const others = Array.from({ length: fileLimits.largeReads - 1 }, () => files.buffers.take());
  expect(others).not.toContain(undefined);
  const closed = blob.close();
  expect(files.buffers.take()).toBeUndefined();
  free?.();
  await closed;
  expect(files.buffers.take()).toBeDefined();
});

test("a reader's buffer is given back when its file cannot be closed, too", async () => {
  const { files, blob } = await openBlob(Buffer.alloc(32, 7), () =>
    Promise.reject(new Error("EIO")),
  );
  await blob.read(0, blockBytes);
  expect(blob.readBytes).toBe(fileLimits.largeReadBytes);
  await expect(blob.close()).rejects.toThrow("EIO");
  const lent = Array.from({ length: fileLimits.largeReads }, () => files.buffers.take());
  expect(lent).not.toContain(undefined);
});

test("content is given free when a file of it cannot be closed, too", async () => {
  const { files, knowledge } = openFiles(Buffer.alloc(32, 7), () =>
    Promise.reject(new Error("EIO")),
  );
  let released = 0;
  const pieces = [{ kind: "file", id, offset: 0, length: bytes.length, key: "store" }] as const;
  const keys = new ObjectKeys(undefined);
  keys.keyFor = () => Buffer.alloc(32, 7);
  const content = new ContentIterator(files, {
    ...knowledge,
    pieces,
    keys,
    release: () => (released += 1),
  });
  await content.next();
  await expect(content.return()).rejects.toThrow("EIO");
  expect(released).toBe(1);
});

test.each([
  ["encrypted", Buffer.alloc(32, 7)],
  ["plain", undefined],
])("what was read of a file is not changed by later reads: %s", async (_, key) => {
  const { blob } = await openBlob(key);
  const reads: Buffer[] = [];
  for (const at of [0, 2 * blockBytes, 4 * blockBytes]) {
    expect(blob.readBytes).toBeGreaterThanOrEqual(2 * blockBytes);
    reads.push(...(await blob.read(at, 2 * blockBytes)));
  }
  expect(Buffer.concat(reads).equals(bytes.subarray(0, 6 * blockBytes))).toBe(true);
  const odd = Buffer.concat(await blob.read(blockBytes - 3, blockBytes + 7));
  expect(odd.equals(bytes.subarray(blockBytes - 3, 2 * blockBytes + 4))).toBe(true);
  await blob.close();
});
