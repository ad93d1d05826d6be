import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ArchiveFormat } from "../../src/transfer/archive/archive-options.ts";
import { tarHeader } from "../../src/transfer/archive/tar-header.ts";
import {
  centralHeader,
  dataDescriptor,
  endRecords,
  localHeader,
} from "../../src/transfer/archive/zip-records.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";
import { outputOf } from "./run-command.ts";

// Archives of this library unpacked by the tools that people have, and theirs by this library.

const archivesPy = fileURLToPath(new URL("python/archives.py", import.meta.url));
const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8", TZ: "Pacific/Auckland" };
const gib = 2 ** 30;

let server: TestServer;
let folder: string;
let tree: string;

/** What is in the tree, by path; folders are undefined. */
const large = createHash("shake256", { outputLength: 5 * 2 ** 20 })
  .update("large")
  .digest();
const files: Readonly<Record<string, string | Buffer>> = {
  "a.tsv": "1\t2\n",
  "variant=0/b c+d.json": "{}",
  "deep/er/日本語 ü.txt": "x".repeat(5000),
  empty: "",
  "large.bin": large,
  [`${"long-segment/".repeat(8)}${"n".repeat(140)}`]: "long",
};

/** Debian's tools alone, in a zone far from UTC. */
const tool = (command: string, args: readonly string[], cwd = folder): Promise<string> =>
  outputOf(`/usr/bin/${command}`, args, { env, cwd });

const sums = (found: Readonly<Record<string, string | Buffer>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(found).map(([name, bytes]) => [
      name,
      createHash("sha256").update(bytes).digest("hex"),
    ]),
  );

async function treeAt(path: string): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[file.slice(path.length + 1)] = await readFile(file);
  }
  return found;
}

async function objectsBelow(prefix: string): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  for (const { Key } of await server.service.getListing(prefix)) {
    found[Key.slice(prefix.length)] = Buffer.from(
      (await server.service.getFileContents(Key)) ?? "missing",
    );
  }
  return found;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interop-archives-"));
  server = await startTestServer();
  tree = join(folder, "tree");
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(join(tree, name, ".."), { recursive: true });
    await writeFile(join(tree, name), bytes);
    await server.service.uploadBytes(bytes, `tree/${name}`);
  }
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const unpackers: Readonly<Record<string, (archive: string, into: string) => Promise<unknown>>> = {
  "GNU tar": (archive, into) => tool("tar", ["-xf", archive, "-C", into]),
  bsdtar: (archive, into) => tool("bsdtar", ["-xf", archive, "-C", into]),
  Python: (archive, into) => tool("python3", [archivesPy, "unpack", archive, into]),
  unzip: async (archive, into) => {
    expect(await tool("unzip", ["-t", archive])).toContain("No errors detected");
    await tool("zipinfo", [archive]);
    await tool("unzip", ["-q", archive, "-d", into]);
  },
};

describe.each<[ArchiveFormat, readonly string[]]>([
  ["tar", ["GNU tar", "bsdtar", "Python"]],
  ["tar.gz", ["GNU tar", "bsdtar", "Python"]],
  ["zip", ["unzip", "bsdtar", "Python"]],
])("a %s of streamArchive", (format, tools) => {
  it.each(tools)("is unpacked by %s", async (name) => {
    const archive = join(folder, `ours.${format}`);
    const handle = await open(archive, "w");
    for await (const chunk of await server.service.streamArchive("tree/", { format })) {
      await handle.write(chunk);
    }
    await handle.close();
    const into = join(folder, `${format} by ${name}`);
    await mkdir(into);
    await unpackers[name]?.(archive, into);
    expect(sums(await treeAt(into))).toEqual(sums(files));
  });
});

/** An archive of which the disk holds no more than its records. */
async function writeHollow(name: string, parts: readonly (Buffer | number)[]): Promise<string> {
  const archive = join(folder, name);
  const handle = await open(archive, "w");
  let at = 0;
  for (const part of parts) {
    if (typeof part !== "number") await handle.write(part, 0, part.length, at);
    at += typeof part === "number" ? part : part.length;
  }
  await handle.truncate(at);
  await handle.close();
  return archive;
}

describe("sizes beyond 32 and 33 bits are understood", () => {
  const modifiedSeconds = 1_700_000_000;

  it("in tar, by GNU tar, bsdtar and Python", async () => {
    const sizeBytes = 9 * gib;
    const archive = await writeHollow("hollow.tar", [
      tarHeader({ name: "huge", sizeBytes, modifiedSeconds }),
      sizeBytes,
      tarHeader({ name: "behind", sizeBytes: 0, modifiedSeconds }),
      Buffer.alloc(1024),
    ]);
    const ofPython =
      "import sys,tarfile\nfor m in tarfile.open(sys.argv[1]): print(m.size, m.mtime, m.name)";
    for (const listed of [
      await tool("tar", ["-tvf", archive]),
      await tool("bsdtar", ["-tvf", archive]),
      await tool("python3", ["-c", ofPython, archive]),
    ]) {
      expect(listed).toMatch(/\b9663676416\b.*huge\n.*\b0\b.*behind\n$/);
    }
  });

  it("in ZIP, by zipinfo, bsdtar and Python", async () => {
    const facts = {
      isFolder: false,
      modifiedSeconds,
      isStreamed: true,
      method: "deflate",
    } as const;
    const huge = { ...facts, name: Buffer.from("huge"), isLarge: true };
    const small = { ...facts, name: Buffer.from("behind"), isLarge: false };
    const hugeSizes = { crc32: 0, packedBytes: 5 * gib, sizeBytes: 5 * gib };
    const none = { crc32: 0, packedBytes: 0, sizeBytes: 0 };
    const begin = localHeader(huge, undefined);
    const descriptor = dataDescriptor(huge, hugeSizes);
    const offset = begin.length + 5 * gib + descriptor.length;
    const behind = Buffer.concat([localHeader(small, undefined), dataDescriptor(small, none)]);
    const directory = [centralHeader(huge, hugeSizes, 0), centralHeader(small, none, offset)];
    const end = endRecords({
      entries: 2,
      sizeBytes: directory.reduce((sum, { length }) => sum + length, 0),
      offset: offset + behind.length,
    });
    const archive = await writeHollow("hollow.zip", [
      begin,
      5 * gib,
      descriptor,
      behind,
      ...directory,
      end,
    ]);
    const ofPython =
      "import sys,zipfile\nfor m in zipfile.ZipFile(sys.argv[1]).infolist(): print(m.file_size, m.filename)";
    for (const listed of [
      await tool("zipinfo", [archive]),
      await tool("bsdtar", ["-tvf", archive]),
      await tool("python3", ["-c", ofPython, archive]),
    ]) {
      expect(listed).toMatch(/\b5368709120\b[^]*huge\n[^]*\b0\b[^]*behind\n/);
    }
  });
});

const gnu = (format: string) => ["--create", `--format=${format}`, "-C", "tree", "."];

describe("extractArchive unpacks", () => {
  const makers: Readonly<Record<string, (archive: string) => Promise<unknown>>> = {
    "gnu.tar": (archive) => tool("tar", [...gnu("gnu"), "-f", archive]),
    "pax.tar": (archive) => tool("tar", [...gnu("pax"), "-f", archive]),
    "gnu.tar.gz": (archive) => tool("tar", [...gnu("gnu"), "-zf", archive]),
    "bsd.tar": (archive) => tool("bsdtar", ["-cf", archive, "-C", "tree", "."]),
    "bsd.zip": (archive) => tool("bsdtar", ["-cf", archive, "--format=zip", "-C", "tree", "."]),
    "info.zip": (archive) => tool("zip", ["-q", "-r", archive, "."], tree),
    "info-stored.zip": (archive) => tool("zip", ["-q", "-0", "-r", archive, "."], tree),
    // To a pipe: sizes stand behind the bytes.
    "info-piped.zip": (archive) => tool("sh", ["-c", `zip -q -r - . | cat > '${archive}'`], tree),
  };

  it.each(Object.keys(makers))("%s", async (name) => {
    const archive = join(folder, name);
    await makers[name]?.(archive);
    const { files: count } = await server.service.extractArchive(
      createReadStream(archive),
      `out/${name}/`,
    );
    expect(count).toBe(Object.keys(files).length);
    expect(sums(await objectsBelow(`out/${name}/`))).toEqual(sums(files));
  });

  it("what Python writes", async () => {
    await tool("python3", [archivesPy, "make", folder, tree]);
    for (const name of ["gnu.tar", "pax.tar", "zip64.zip", "streamed.zip"]) {
      const prefix = `python/${name}/`;
      await server.service.extractArchive(createReadStream(join(folder, `python-${name}`)), prefix);
      expect({ name, found: sums(await objectsBelow(prefix)) }).toEqual({
        name,
        found: sums(files),
      });
    }
    const old = createReadStream(join(folder, "python-cp437.zip"));
    await server.service.extractArchive(old, "cp437/");
    expect(await objectsBelow("cp437/")).toEqual({ "größe/café.txt": Buffer.from("old") });
    const bzip2 = createReadStream(join(folder, "python-bzip2.zip"));
    await expect(server.service.extractArchive(bzip2, "bzip2/")).rejects.toMatchObject({
      message: "extractArchive: packed is not unpacked: is compressed by method 12.",
    });
  });

  it("what lies before and behind 5 GiB in a ZIP of Python, and only that where it is asked to", async () => {
    const archive = join(folder, "python-huge.zip");
    const result = await server.service.extractArchive({ file: archive }, "huge/", {
      exclude: ["huge"],
    });
    expect(result.files).toBe(2);
    expect(Object.keys(await objectsBelow("huge/"))).toEqual(["behind", "first"]);
  });

  describe("of a tree with links and holes", () => {
    beforeAll(async () => {
      const odd = join(folder, "odd");
      await mkdir(odd);
      await writeFile(join(odd, "a"), "1");
      await link(join(odd, "a"), join(odd, "hard"));
      await symlink("/etc/passwd", join(odd, "soft"));
      const sparse = await open(join(odd, "holes"), "w");
      await sparse.write(Buffer.from("x"), 0, 1, 8 * 2 ** 20);
      await sparse.close();
    });

    it.each<[string, string[]]>([
      ["gnu", ["tar", "-S", "--format=gnu", "-cf"]],
      ["oldgnu", ["tar", "-S", "--format=oldgnu", "-cf"]],
      ...["0.0", "0.1", "1.0"].map((version): [string, string[]] => [
        `pax-${version}`,
        ["tar", "-S", "--format=pax", `--sparse-version=${version}`, "-cf"],
      ]),
      ["bsdtar", ["bsdtar", "-cf"]],
      ["zip", ["zip", "-q", "-y", "-r"]],
    ])(
      "%s: what cannot be is left out by name, and all else is there",
      async (name, [command = "", ...args]) => {
        const archive = join(folder, `odd-${name}`);
        const made = name === "zip" ? [...args, `${archive}.zip`, "."] : [...args, archive, "."];
        await tool(command, made, join(folder, "odd"));
        const from = createReadStream(name === "zip" ? `${archive}.zip` : archive);
        const { leftOut } = await server.service.extractArchive(from, `odd-${name}/`, {
          onUnsafe: "report",
        });
        const told = leftOut.map(({ path, reason }) => `${path} ${reason.split(":")[0]}`);
        const found = await objectsBelow(`odd-${name}/`);
        // Of two names of a file the first one has its bytes.
        const first = "a" in found ? "a" : "hard";
        const other = first === "a" ? "hard" : "a";
        const isZip = name === "zip";
        expect(told.toSorted()).toEqual(
          ["soft is a symbolic link"].concat(isZip ? [] : [`${other} is a hard link`]).toSorted(),
        );
        expect(String(found[first])).toBe("1");
        expect(Object.keys(found)).toHaveLength(isZip ? 3 : 2);
        const holes = Buffer.alloc(8 * 2 ** 20 + 1);
        holes.write("x", 8 * 2 ** 20);
        expect(found["holes"]?.equals(holes)).toBe(true);
      },
    );
  });
});
