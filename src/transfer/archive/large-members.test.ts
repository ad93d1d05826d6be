import { expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { tarHeader } from "./tar-header.ts";
import { zipBytes } from "./zip-bytes.ts";

const facts = { name: "huge", modifiedSeconds: 0 };

it.each([
  [8 * 2 ** 30 - 1, 512],
  [8 * 2 ** 30, 3 * 512],
])("a tar header of %d bytes takes %d", (sizeBytes, lengthBytes) => {
  const header = tarHeader({ ...facts, sizeBytes });
  expect(header).toHaveLength(lengthBytes);
  expect(header.includes(` size=${sizeBytes}\n`)).toBe(lengthBytes > 512);
});

async function* chunks() {
  yield Buffer.from("not so much");
}

/** Version 4.5 of the format has sizes of 64 bits. Source: APPNOTE, 4.4.3.2. */
it.each([
  [archiveLimits.zip64FromBytes - 1, 20],
  [archiveLimits.zip64FromBytes, 45],
])("a streamed ZIP member of %d bytes asks for version %d", async (sizeBytes, version) => {
  async function* members() {
    yield { ...facts, sizeBytes, contents: { chunks: chunks() } };
  }
  const first = await zipBytes(members(), 6).next();
  expect(Buffer.from(first.value ?? []).readUInt16LE(4)).toBe(version);
});
