import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DigestFactory } from "../../core/checksum.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { RangeChecks } from "./range-checks.ts";

/** In place of a CRC: all bytes in a row, so that parts combine, and only in their order. */
const running: DigestFactory = () => {
  const seen: Uint8Array[] = [];
  return {
    update: (bytes) => void seen.push(Buffer.from(bytes)),
    digest: () => Buffer.concat(seen),
  };
};
const combining: DigestFactory = Object.assign(running.bind(undefined), {
  combine: (_algorithm: string, parts: readonly { readonly digest: Uint8Array }[]) =>
    Buffer.concat(parts.map(({ digest }) => digest)),
});

const ranges = ["abc", "def", "g"];
const whole = ranges.join("");

function headOf(text: string, type: "FULL_OBJECT" | "COMPOSITE" = "FULL_OBJECT"): ObjectHead {
  return {
    key: "k",
    sizeBytes: whole.length,
    etag: '"e"',
    lastModified: new Date(0),
    metadata: {},
    checksum: { algorithm: "CRC32", type, value: Buffer.from(text).toString("base64") },
  };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sms-checks-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Ranges come last first; `inFile`: what the file then holds. */
async function check(createDigest: DigestFactory, head: ObjectHead, inFile = whole): Promise<void> {
  const context = transferContext(new MemoryStore().asStore(), { createDigest });
  const checks = new RangeChecks(context, head, ranges.length);
  for (const [index, text] of [...ranges.entries()].toReversed()) {
    const digest = checks.newDigest();
    digest?.update(Buffer.from(text));
    checks.add(index, { digest: digest?.digest(), lengthBytes: text.length });
  }
  const file = path.join(folder, "file");
  await writeFile(file, inFile);
  await using handle = await open(file);
  await checks.finish("downloadFile", handle);
}

describe("an object that came in ranges", () => {
  it("is judged by their digests, whatever the file holds", async () => {
    await expect(check(combining, headOf(whole), "")).resolves.toBeUndefined();
    const error = { code: "IntegrityError", key: "k" };
    await expect(check(combining, headOf("abcdeF"))).rejects.toMatchObject(error);
  });

  it("is read again where digests cannot be combined", async () => {
    await expect(check(running, headOf(whole))).resolves.toBeUndefined();
    const error = { code: "IntegrityError", key: "k" };
    await expect(check(running, headOf(whole), "abcdeFg")).rejects.toMatchObject(error);
    await expect(check(running, headOf(whole), "abc")).rejects.toMatchObject(error);
  });

  it("is judged by its size where the checksum is of its parts, or unknown here", async () => {
    await expect(check(combining, headOf("x", "COMPOSITE"))).resolves.toBeUndefined();
    await expect(check(() => undefined, headOf("x"))).resolves.toBeUndefined();
    const longer = { ...headOf("x", "COMPOSITE"), sizeBytes: 8 };
    await expect(check(combining, longer)).rejects.toMatchObject({ code: "IntegrityError" });
  });
});
