import { createHash, randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { laneBytes } from "./md5-code.ts";
import { Md5Kernel } from "./md5-kernel.ts";
import { Md5Lanes } from "./md5-lanes.ts";

const kernel = new Md5Kernel();
const openssl = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

/** Hashes texts side by side, each in its own pieces. */
async function hashed(texts: readonly (readonly Uint8Array[])[]): Promise<string[]> {
  const lanes = new Md5Lanes(kernel);
  const runs = texts.map(async (pieces) => {
    const hash = lanes.begin();
    await Promise.resolve();
    for (const piece of pieces) await hash.update(piece);
    return hash.digest();
  });
  return await Promise.all(runs);
}

const texts = fc.array(
  fc.array(
    fc.oneof(
      fc.nat(200),
      fc.integer({ min: 4000, max: 9000 }),
      fc.constantFrom(64, 4096, laneBytes - 1, laneBytes, laneBytes + 1, 2 * laneBytes + 70),
    ),
    { maxLength: 6 },
  ),
  { minLength: 1, maxLength: 20 },
);

test("texts of any lengths in any pieces have the hashes that OpenSSL gives them", async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (sizes) => {
      const pieces = sizes.map((ofOne) => ofOne.map((size) => randomBytes(size)));
      const expected = pieces.map((ofOne) => openssl(Buffer.concat(ofOne)));
      expect(await hashed(pieces)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test.each(Array.from({ length: 8 }, (_, index) => index + 1))(
  "%i lanes: each has its own state and text",
  (count) => {
    const padded = Array.from({ length: count }, (_, lane) => {
      const block = Buffer.alloc(64);
      block.write(`text ${lane}`);
      block[6] = 0x80;
      block.writeUInt32LE(6 * 8, 56);
      return block;
    });
    const states = padded.map(() =>
      Int32Array.of(0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476),
    );
    for (const [lane, block] of padded.entries()) kernel.write(lane, 0, block);
    kernel.run(states, 64);
    expect(states.map(({ buffer }) => Buffer.from(buffer).toString("hex"))).toEqual(
      padded.map((_, lane) => openssl(Buffer.from(`text ${lane}`))),
    );
  },
);

test("a text of more than 4 GiB has all of its length hashed", () => {
  // 2^32 bytes and one more are 0x8_0000_0008 bits. The bytes before the last are not hashed: only their number counts.
  const written: Buffer[] = [];
  const lanes = new Md5Lanes({
    write: (_lane, _at, bytes) => void written.push(Buffer.from(bytes)),
    run: () => {},
  });
  const hash = lanes.begin();
  const piece = Buffer.alloc(2 ** 20);
  for (let count = 0; count < 4096; count += 1) void hash.update(piece);
  void hash.update(Buffer.from("x"));
  written.length = 0;
  hash.digest();
  expect(Buffer.concat(written).toString("hex")).toBe(`7880${"00".repeat(54)}0800000008000000`);
});

test("what comes in one turn is hashed side by side, eight at a time; one alone at once", async () => {
  const run = vi.fn<Md5Kernel["run"]>((states, bytes) => kernel.run(states, bytes));
  const lanes = new Md5Lanes({ write: (...written) => kernel.write(...written), run });
  const piece = randomBytes(laneBytes);
  const alone = lanes.begin();
  expect(alone.update(piece)).toBeUndefined();
  expect(run.mock.calls.map(([states, bytes]) => [states.length, bytes])).toEqual([[1, laneBytes]]);
  run.mockClear();
  const hashes = [alone, ...Array.from({ length: 9 }, () => lanes.begin())];
  const waits = hashes.map((hash) => hash.update(piece));
  expect(run).not.toHaveBeenCalled();
  for (const wait of waits) await wait;
  const calls = run.mock.calls.map(([states, bytes]) => [states.length, bytes]);
  expect(calls).toEqual([
    [8, laneBytes],
    [2, laneBytes],
  ]);
});

test("a hash that is closed or has ended keeps no other waiting", () => {
  const lanes = new Md5Lanes(kernel);
  const [first, second, third] = [lanes.begin(), lanes.begin(), lanes.begin()];
  const piece = randomBytes(laneBytes);
  second.close();
  third.digest();
  expect(first.update(piece)).toBeUndefined();
  expect(first.digest()).toBe(openssl(piece));
});

test("a small piece waits for nobody", () => {
  const lanes = new Md5Lanes(kernel);
  const [first] = [lanes.begin(), lanes.begin()];
  expect(first.update(Buffer.from("small"))).toBeUndefined();
  expect(first.digest()).toBe(openssl(Buffer.from("small")));
});
