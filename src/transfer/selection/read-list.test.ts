import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { transferLimits } from "../../core/limits.ts";
import { readList, type KeyList } from "./read-list.ts";

async function read(
  contents: string | Uint8Array,
  { chunkBytes = 5, ...list }: Partial<KeyList> & { readonly chunkBytes?: number } = {},
): Promise<string[]> {
  const bytes = Buffer.from(contents as string);
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  const keys: string[] = [];
  const whole = { name: "keys.txt", bytes: chunks(), format: "lines", ...list } as const;
  for await (const key of readList(whole)) keys.push(key);
  return keys;
}

describe("readList", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["a\nb c\n", ["a", "b c"]],
    ["a\r\n\r\n  x\nb", ["a", "  x", "b"]],
    ["é\n𝄞/ü\n", ["é", "𝄞/ü"]],
    ["\uFEFFa\nb\n", ["a", "b"]],
  ])("takes lines of %j", async (text, keys) => {
    expect(await read(text)).toEqual(keys);
    expect(await read(text, { chunkBytes: 1 })).toEqual(keys);
  });

  it("takes keys with line ends where each ends with NUL", async () => {
    expect(await read("a\nb\0c\r\0\0 \0", { format: "nul" })).toEqual(["a\nb", "c\r", " "]);
  });

  it("unpacks gzip", async () => {
    const text = Array.from({ length: 5000 }, (_, index) => `key-${index}\n`).join("");
    expect(await read(gzipSync(text), { chunkBytes: 1000 })).toHaveLength(5000);
    const broken = gzipSync(text).subarray(0, 2000);
    await expect(read(broken)).rejects.toMatchObject({ code: "InvalidArgument" });
  });

  it("takes the keys of one bucket out of an inventory, decoded", async () => {
    const csv = '"bkt","exp+1/a%2Bb%20%C3%A9","12"\n"other","x"\n"bkt","c","version","true"\n';
    const list = { format: "inventory", bucket: "bkt" } as const;
    expect(await read(csv, list)).toEqual(["exp 1/a+b é", "c"]);
    await expect(read("just a key\n", list)).rejects.toThrow(/entry 1 is no row/);
    await expect(read('"bkt","%zz"\n', list)).rejects.toThrow(/not URL-encoded/);
  });

  it("refuses what is no text, and an entry without end", async () => {
    await expect(read(Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]))).rejects.toThrow(
      /entry 2 is not UTF-8/,
    );
    const long = "x".repeat(transferLimits.listEntryBytes + 1);
    await expect(read(`a\n${long}`, { chunkBytes: 4096 })).rejects.toThrow(/entry 2 has more than/);
  });
});
