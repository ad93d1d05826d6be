import { expect, test } from "vitest";
import type { BlobFiles } from "./blob-files.ts";
import { BlockSums } from "./block-sums.ts";
import { VerifiedBlob } from "./verified-blob.ts";

const id = "0123456789abcdef0123456789abcdef";
const key = Buffer.alloc(32, 1);
const bytes = Buffer.alloc(150_000, "some bytes ");

/** A file under a key, as it is on the disk, and what the index knows of its blocks. */
function sealed(): { readonly file: Buffer; readonly row: Buffer | undefined } {
  const sums = new BlockSums(id, key);
  const file = Buffer.concat(sums.update(bytes));
  return { file, row: sums.rows()[0] };
}

async function open(file: Buffer, row: Buffer | undefined): Promise<VerifiedBlob> {
  const reader = {
    read: async (into: Uint8Array, at: number): Promise<number> =>
      Promise.resolve(file.copy(into, 0, at)),
    close: () => Promise.resolve(),
  };
  const files = { open: () => Promise.resolve(reader) } as unknown as BlobFiles;
  return VerifiedBlob.open(files, id, { sums: () => row, blob: () => undefined }, key);
}

test("a file under a key is read", async () => {
  const { file, row } = sealed();
  const blob = await open(file, row);
  const read = Buffer.concat(await blob.read(1000, 140_000));
  expect(read.equals(bytes.subarray(1000, 141_000))).toBe(true);
});

test("a file under a key whose tags are gone is not read, whatever its bytes", async () => {
  const { file } = sealed();
  for (const contents of [file, bytes]) {
    const blob = await open(contents, undefined);
    await expect(blob.read(0, 100)).rejects.toMatchObject({ code: "InternalError" });
  }
});

test("blocks of a file in each other's places are noticed", async () => {
  const { file, row } = sealed();
  const swapped = Buffer.concat([file.subarray(65_536, 131_072), file.subarray(0, 65_536)]);
  const blob = await open(swapped, row);
  await expect(blob.read(0, 100)).rejects.toMatchObject({ code: "InternalError" });
});
