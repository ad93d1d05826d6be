import { randomBytes } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { packBytes } from "./pack-bytes.ts";
import { PackEngines } from "./pack-engines.ts";

function text(lengthBytes: number): Buffer {
  return Buffer.from("time\tmass\n".repeat(Math.ceil(lengthBytes / 10))).subarray(0, lengthBytes);
}

/** Half of it compresses, so that what comes out is more than one chunk. */
function mixed(lengthBytes: number): Buffer {
  return Buffer.concat([randomBytes(lengthBytes / 2), text(lengthBytes / 2)]);
}

it("packs member after member, many at a time, as an engine for each would", async () => {
  const engines = new PackEngines(6);
  const members = [1, 300, 16_384, 65_536, 262_144, 2 ** 20].flatMap((size) => [
    text(size),
    mixed(size),
    randomBytes(size),
  ]);
  const all = [...members, ...members];
  const packed = await Promise.all(all.map((bytes) => engines.pack(bytes)));
  let deflated = 0;
  for (const [index, bytes] of all.entries()) {
    const own = packed[index];
    const wanted = await packBytes(bytes, 6);
    expect(own?.crc32).toBe(wanted.crc32);
    expect(own?.method).toBe(wanted.method);
    expect(Buffer.compare(own?.bytes ?? Buffer.alloc(0), wanted.bytes)).toBe(0);
    if (wanted.method === "store") continue;
    deflated += 1;
    expect(Buffer.compare(inflateRawSync(wanted.bytes), bytes)).toBe(0);
  }
  expect(deflated).toBe(20);
  engines.close();
});

it("stores what does not get smaller, and what is not to be compressed", async () => {
  const engines = new PackEngines(9);
  const random = randomBytes(5000);
  expect(await engines.pack(random)).toMatchObject({ method: "store", bytes: random });
  expect(await engines.pack(Buffer.alloc(0))).toMatchObject({ method: "store", crc32: 0 });
  expect(await new PackEngines(0).pack(text(500))).toMatchObject({ method: "store" });
  engines.close();
});
