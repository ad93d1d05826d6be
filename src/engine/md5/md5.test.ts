import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { mib } from "../../core/limits.ts";
import type * as md5 from "./md5.ts";

const openssl = (text: string): string => createHash("md5").update(text).digest("hex");

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** As in a process of its own, which looks once what there is. */
async function fresh(): Promise<Pick<typeof md5, "newMd5">> {
  vi.resetModules();
  return await import("./md5.ts");
}

test.each([undefined, 0, mib - 1, mib, 5 * 1024 * mib])(
  "%s expected bytes: the hash is the same, whatever comes",
  async (expectedBytes) => {
    const { newMd5 } = await fresh();
    const hash = newMd5(expectedBytes);
    await hash.update(Buffer.from("ab"));
    await hash.update(Buffer.from("c"));
    expect(hash.digest()).toBe(openssl("abc"));
    hash.close();
  },
);

test("only large bodies are hashed side by side", async () => {
  const { newMd5 } = await fresh();
  const piece = Buffer.alloc(65_536);
  const [large, other] = [newMd5(mib), newMd5(mib)];
  const [small, unknown] = [newMd5(mib - 1), newMd5(undefined)];
  expect(small.update(piece)).toBeUndefined();
  expect(unknown.update(piece)).toBeUndefined();
  expect(large.update(piece)).toBeInstanceOf(Promise);
  for (const hash of [large, other, small, unknown]) hash.close();
});

test("without WebAssembly the hash is the same", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  const { newMd5 } = await fresh();
  const [hash, other] = [newMd5(mib), newMd5(mib)];
  const piece = Buffer.alloc(65_536, "x");
  expect(hash.update(piece)).toBeUndefined();
  other.close();
  expect(hash.digest()).toBe(createHash("md5").update(piece).digest("hex"));
});

test("where words have the other order of bytes the hash is OpenSSL's", async () => {
  vi.doMock("node:os", () => ({ endianness: () => "BE" }));
  const { newMd5 } = await fresh();
  vi.doUnmock("node:os");
  const [hash] = [newMd5(mib), newMd5(mib)];
  expect(hash.update(Buffer.alloc(65_536))).toBeUndefined();
});
