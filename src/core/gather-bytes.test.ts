import { Readable } from "node:stream";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { GatheredBytes, gatherBytes } from "./gather-bytes.ts";

const pieces = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.nat(90_000).map((length) => new Uint8Array(length).fill(7)),
  ),
  { maxLength: 8 },
);

it("puts together what came, however much was expected", () => {
  fc.assert(
    fc.property(pieces, fc.nat(200_000), (all, expectedBytes) => {
      const gathered = new GatheredBytes(1_000_000, expectedBytes);
      for (const piece of all) expect(gathered.add(piece)).toBe(true);
      expect(gathered.bytes.equals(Buffer.concat(all))).toBe(true);
    }),
  );
});

const chunks = (count: number): Readable =>
  Readable.from(Array.from({ length: count }, () => Buffer.alloc(9999)));

it.each([60, 6000])("takes no more memory than a limit of %i", (limitBytes) => {
  const gathered = new GatheredBytes(limitBytes, limitBytes - 10);
  gathered.add(Buffer.alloc(limitBytes - 11));
  gathered.add(Buffer.alloc(11));
  expect(gathered.bytes.buffer.byteLength).toBe(limitBytes);
});

it("takes so many bytes and no more", async () => {
  expect(await gatherBytes(chunks(10), 99_990)).toHaveLength(99_990);
  expect(await gatherBytes(chunks(10), 99_989)).toBeUndefined();
});
