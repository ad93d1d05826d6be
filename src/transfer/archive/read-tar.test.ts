import { expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { readTar } from "./read-tar.ts";

function member(name: string, type: string, contents: Uint8Array): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write("0000644\0", 100);
  header.write(contents.length.toString(8).padStart(11, "0"), 124);
  header.write("00000001000", 136);
  header.write("        ", 148);
  header.write(`${type}ustar\x0000`, 156, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, contents, Buffer.alloc((512 - (contents.length % 512)) % 512)]);
}

function pax(keyword: string, value: string): Buffer {
  const rest = ` ${keyword}=${value}\n`;
  const length = rest.length + (rest.length + 2 > 99 ? 3 : 2);
  return member("pax", "x", Buffer.from(`${length}${rest}`.padStart(length, "0")));
}

const file = member("real.txt", "0", Buffer.from("data"));
const end = Buffer.alloc(1024);

async function namesIn(...pieces: Buffer[]): Promise<unknown[]> {
  async function* source() {
    yield* pieces;
  }
  const found: unknown[] = [];
  for await (const { name, sizeBytes, modifiedSeconds } of readTar(source())) {
    found.push([name, sizeBytes, modifiedSeconds]);
  }
  return found;
}

it("refuses a record that is cut off", async () => {
  const record = pax("path", "new.txt");
  await expect(namesIn(record.subarray(0, 517))).rejects.toMatchObject({
    code: "IntegrityError",
    message: expect.stringContaining("before its end marker") as string,
  });
});

it("bounds the records of one member, not those of all", async () => {
  const long = member("long", "x", Buffer.from(`600000 comment=${"x".repeat(599_984)}\n`));
  expect(await namesIn(long, file, long, file, end)).toHaveLength(2);
  await expect(namesIn(long, long, file, end)).rejects.toMatchObject({
    message: expect.stringContaining("stand before a member") as string,
  });
});

it.each(["path", "size", "mtime"])("goes by the header where %s has no value", async (keyword) => {
  expect(await namesIn(pax(keyword, ""), file, end)).toEqual([["real.txt", 4, 512]]);
});

it.each([
  ["mtime", "1e999"],
  ["mtime", "1e300"],
  ["mtime", "Infinity"],
  ["size", "0x4"],
  ["size", "-1"],
])("refuses %s=%s, which is no decimal number", async (keyword, value) => {
  await expect(namesIn(pax(keyword, value), file, end)).rejects.toMatchObject({
    code: "IntegrityError",
  });
});

it("takes padding behind its end, but not without end", async () => {
  const zeros = Buffer.alloc(archiveLimits.paddingBytes / 4);
  expect(await namesIn(file, end, zeros, zeros)).toHaveLength(1);
  const many = namesIn(file, end, zeros, zeros, zeros, zeros, zeros);
  await expect(many).rejects.toMatchObject({ code: "IntegrityError" });
});

it("takes no more records before a member than it has room for", async () => {
  const record = member("long", "L", Buffer.alloc(archiveLimits.recordBytes / 2, "n"));
  await expect(namesIn(record, record, record, file, end)).rejects.toMatchObject({
    code: "IntegrityError",
  });
});
