import { describe, expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { isStorageError } from "../../core/errors.ts";
import { tooMuch } from "./bomb-guard.ts";
import { readTar } from "./read-tar.ts";

interface Facts {
  readonly type?: string;
  /** What the header says in place of the length. */
  readonly sizeBytes?: number;
  readonly change?: (header: Buffer) => void;
}

function member(name: string, contents: Uint8Array | string, facts: Facts = {}): Buffer {
  const { type = "0", sizeBytes = contents.length, change } = facts;
  const header = Buffer.alloc(512);
  header.write(name);
  header.write(sizeBytes.toString(8).padStart(11, "0"), 124);
  header.write("00000001000", 136);
  header.write("        ", 148);
  header.write(`${type}ustar\x0000`, 156, "latin1");
  change?.(header);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, padded(contents)]);
}

function padded(contents: Uint8Array | string): Buffer {
  const bytes = Buffer.from(contents);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function pax(...records: readonly (readonly [string, string | number])[]): Buffer {
  const lines = records.map(([keyword, value]) => {
    const rest = ` ${keyword}=${value}\n`;
    let length = rest.length + 1;
    while (`${length}${rest}`.length !== length) length += 1;
    return `${length}${rest}`;
  });
  return member("pax", lines.join(""), { type: "x" });
}

const octal = (value: number): string => `${value.toString(8).padStart(11, "0")}\0`;

/** Pieces at the fields of a header of GNU's own format, or of a block behind it. */
function writePieces(block: Buffer, at: number, pieces: readonly (readonly number[])[]): void {
  for (const [index, [offset = 0, length = 0]] of pieces.entries()) {
    block.write(octal(offset) + octal(length), at + 24 * index);
  }
}

type Pieces = readonly (readonly [number, number])[];

/** The same file, in each way to write its map: `name`, `map`, of `sizeBytes` with its holes. */
const formats: Readonly<Record<string, (map: Pieces, sizeBytes: number, data: string) => Buffer>> =
  {
    "0.0": (map, sizeBytes, data) =>
      Buffer.concat([
        pax(
          ["GNU.sparse.size", sizeBytes],
          ["GNU.sparse.numblocks", map.length],
          ...map.flatMap(([offset, length]) => [
            ["GNU.sparse.offset", offset] as const,
            ["GNU.sparse.numbytes", length] as const,
          ]),
        ),
        member("holes", data),
      ]),
    "0.1": (map, sizeBytes, data) =>
      Buffer.concat([
        pax(
          ["GNU.sparse.name", "holes"],
          ["GNU.sparse.size", sizeBytes],
          ["GNU.sparse.numblocks", map.length],
          ["GNU.sparse.map", map.join(",")],
        ),
        member("GNUSparseFile.1/holes", data),
      ]),
    "1.0": (map, sizeBytes, data) => {
      const numbers = [map.length, ...map.flat()].map((number) => `${number}\n`).join("");
      return Buffer.concat([
        pax(
          ["GNU.sparse.major", 1],
          ["GNU.sparse.minor", 0],
          ["GNU.sparse.name", "holes"],
          ["GNU.sparse.realsize", sizeBytes],
        ),
        member("GNUSparseFile.1/holes", Buffer.concat([padded(numbers), Buffer.from(data)])),
      ]);
    },
    old: (map, sizeBytes, data) => {
      const [first, rest] = [map.slice(0, 4), map.slice(4)];
      const header = member("holes", data, {
        type: "S",
        change: (block) => {
          writePieces(block, 386, first);
          block[482] = rest.length > 0 ? 1 : 0;
          block.write(octal(sizeBytes), 483);
        },
      });
      const blocks: Buffer[] = [];
      for (let at = 0; at < rest.length; at += 21) {
        const block = Buffer.alloc(512);
        writePieces(block, 0, rest.slice(at, at + 21));
        block[504] = at + 21 < rest.length ? 1 : 0;
        blocks.push(block);
      }
      return Buffer.concat([header.subarray(0, 512), ...blocks, header.subarray(512)]);
    },
  };

const behind = member("behind", "z");
const end = Buffer.alloc(1024);

async function read(archive: Buffer, count?: (zeros: Uint8Array) => void) {
  async function* source() {
    for (let at = 0; at < archive.length; at += 700) yield archive.subarray(at, at + 700);
  }
  const found = new Map<string, Buffer>();
  for await (const entry of readTar(source(), count === undefined ? {} : { count })) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry.chunks()) chunks.push(Uint8Array.from(chunk));
    const bytes = Buffer.concat(chunks);
    expect(bytes.length).toBe(entry.sizeBytes);
    found.set(entry.name, bytes);
  }
  return found;
}

function whole(map: Pieces, sizeBytes: number, data: string): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let at = 0;
  for (const [offset, length] of map) {
    bytes.write(data.slice(at, at + length), offset);
    at += length;
  }
  return bytes;
}

describe.each(Object.entries(formats))("a sparse file of the format %s", (_name, format) => {
  const many = Array.from({ length: 60 }, (_, n): [number, number] => [n * 1000, 1 + (n % 7)]);
  const data = (map: Pieces): string =>
    map.map(([, length], n) => String.fromCharCode(97 + (n % 26)).repeat(length)).join("");

  it.each<readonly [string, Pieces, number]>([
    ["nothing but a hole", [], 70_000],
    ["nothing at all", [], 0],
    ["no hole", [[0, 600]], 600],
    [
      "a hole before, between and behind",
      [
        [512, 5],
        [100_000, 512],
      ],
      200_000,
    ],
    [
      "pieces one behind the other, the last one empty",
      [
        [0, 512],
        [512, 3],
        [9000, 0],
      ],
      9000,
    ],
    ["many pieces", many, 60_000],
  ])("of %s comes with its holes", async (_what, map, sizeBytes) => {
    const bytes = data(map);
    const found = await read(Buffer.concat([format(map, sizeBytes, bytes), behind, end]));
    expect([...found.keys()]).toEqual(["holes", "behind"]);
    expect(found.get("holes")?.equals(whole(map, sizeBytes, bytes))).toBe(true);
    expect(String(found.get("behind"))).toBe("z");
  });

  it.each<readonly [string, Pieces, number, string]>([
    [
      "pieces that lie over each other",
      [
        [0, 4],
        [3, 4],
      ],
      100,
      "12345678",
    ],
    [
      "pieces that go back",
      [
        [10, 4],
        [0, 4],
      ],
      100,
      "12345678",
    ],
    ["a piece behind its end", [[98, 4]], 100, "1234"],
    ["more than the archive has", [[0, 9]], 100, "1234"],
    ["less than the archive has", [[0, 2]], 100, "1234"],
    ["a place that no file has", [[2 ** 53, 4]], 2 ** 53, "1234"],
  ])("that tells of %s is damaged", async (_what, map, sizeBytes, bytes) => {
    const reading = read(Buffer.concat([format(map, sizeBytes, bytes), behind, end]));
    await expect(reading).rejects.toMatchObject({
      code: "IntegrityError",
      message: expect.stringContaining("the map of a sparse file") as string,
    });
  });

  it("is skipped by who does not want it, and its zeros are counted for who does", async () => {
    const archive = Buffer.concat([format([[1000, 4]], 1e12, "1234"), behind, end]);
    async function* source() {
      yield archive;
    }
    const names: string[] = [];
    for await (const { name } of readTar(source())) names.push(name);
    expect(names).toEqual(["holes", "behind"]);
    let zeros = 0;
    const count = ({ length }: Uint8Array): void => {
      zeros += length;
      if (zeros > 1e6) throw tooMuch("unpacks to too much", "maxRatio");
    };
    await expect(read(archive, count)).rejects.toSatisfy((error) =>
      isStorageError(error, "InvalidArgument"),
    );
    expect(zeros).toBeLessThan(2e6);
  });

  it("that is cut off within its bytes or its map is damaged", async () => {
    const archive = format(many, 60_000, data(many));
    for (const cut of [513, 1024, 1600, archive.length - 1]) {
      await expect(read(archive.subarray(0, cut))).rejects.toMatchObject({
        code: "IntegrityError",
      });
    }
  });
});

const sparse1 = (text: string, ...more: readonly (readonly [string, string | number])[]): Buffer =>
  Buffer.concat([
    pax(["GNU.sparse.major", 1], ["GNU.sparse.realsize", 100], ...more),
    member("holes", padded(text)),
    end,
  ]);

it.each([
  ["a number that is none", sparse1("1\nx\n4\n")],
  ["a number without end", sparse1("1".repeat(600))],
  ["an empty number", sparse1("\n\n")],
  ["fewer pieces than it says", sparse1("3\n0\n4\n")],
  ["more pieces than may be", sparse1(`${archiveLimits.sparsePieces + 1}\n`)],
  ["a version that is not known", sparse1("0\n", ["GNU.sparse.major", 2])],
  ["a length without an offset", sparse1("0\n", ["GNU.sparse.numbytes", 2])],
  ["no size", Buffer.concat([pax(["GNU.sparse.major", 1]), member("holes", padded("0\n")), end])],
])("a map of %s is damaged", async (_what, archive) => {
  await expect(read(archive)).rejects.toMatchObject({
    code: "IntegrityError",
    message: expect.stringContaining("the map of a sparse file") as string,
  });
});

it("a number without end is not read to its end", async () => {
  const archive = sparse1("1".repeat(1e6));
  let taken = 0;
  async function* source() {
    for (let at = 0; at < archive.length; at += 512) {
      taken += 1;
      yield archive.subarray(at, at + 512);
    }
  }
  const reading = (async () => {
    for await (const entry of readTar(source())) for await (const _chunk of entry.chunks());
  })();
  await expect(reading).rejects.toMatchObject({ code: "IntegrityError" });
  expect(taken).toBeLessThan(10);
});

it("a map in a record has no more pieces than may be", async () => {
  const map = Array.from({ length: archiveLimits.sparsePieces + 1 }, () => "0,0").join(",");
  const archive = Buffer.concat([
    pax(["GNU.sparse.size", 0], ["GNU.sparse.map", map]),
    member("holes", ""),
    end,
  ]);
  await expect(read(archive)).rejects.toMatchObject({
    message: expect.stringContaining(`more than ${archiveLimits.sparsePieces} pieces`) as string,
  });
});

it("of a link has no bytes, whatever a record says", async () => {
  const link = member("link", "", { type: "2" });
  const found = await read(Buffer.concat([pax(["GNU.sparse.size", 100]), link, behind, end]));
  expect([...found].map(([name, { length }]) => [name, length])).toEqual([
    ["link", 0],
    ["behind", 1],
  ]);
});
