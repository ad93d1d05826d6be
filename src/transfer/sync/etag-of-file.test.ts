import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mib } from "../../core/limits.ts";
import { etagOfFile } from "./etag-of-file.ts";

const md5 = (bytes: Uint8Array): Buffer => createHash("md5").update(bytes).digest();

function etagInParts(bytes: Buffer, partBytes: number): string {
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length || start === 0; start += partBytes) {
    parts.push(md5(bytes.subarray(start, start + partBytes)));
  }
  return `"${md5(Buffer.concat(parts)).toString("hex")}-${parts.length}"`;
}

let folder = "";
let file = "";
const bytes = Buffer.alloc(17 * mib + 5, "abcdefg");
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-etag-"));
  file = join(folder, "file");
  await writeFile(file, bytes);
});
afterAll(() => rm(folder, { recursive: true }));

it("knows the MD5 of the whole", async () => {
  expect(await etagOfFile(file, bytes.length, `"${md5(bytes).toString("hex")}"`)).toBe("same");
  expect(await etagOfFile(file, bytes.length, `"${"0".repeat(32)}"`)).toBe("differs");
});

it.each([5, 8, 10, 16, 9])("finds parts of %d MiB by their number", async (size) => {
  const etag = etagInParts(bytes, size * mib);
  expect(await etagOfFile(file, bytes.length, etag)).toBe("same");
});

it("finds a single part", async () => {
  expect(await etagOfFile(file, bytes.length, etagInParts(bytes, 64 * mib))).toBe("same");
});

it.each([`"${"0".repeat(32)}-3"`, '"-gUAAAAA"', "", `"${"0".repeat(32)}-9999"`])(
  "learns nothing from %s",
  async (etag) => expect(await etagOfFile(file, bytes.length, etag)).toBe("unknown"),
);

it("knows the empty file", async () => {
  const empty = join(folder, "empty");
  await writeFile(empty, "");
  expect(await etagOfFile(empty, 0, '"d41d8cd98f00b204e9800998ecf8427e"')).toBe("same");
});
