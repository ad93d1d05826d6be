import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// archive and extract as processes, on the built command, with the tar of the system as their judge.

let live: LiveServer;

beforeAll(async () => {
  live = await startLiveServer();
  for (const [key, input] of Object.entries({ "exp/a.tsv": "1\t2\n", "exp/log/b=1.json": "{}" })) {
    await live.run(["cp", "-", live.uri(key)], { input });
  }
});

afterAll(() => live.stop());

const tar = (...args: string[]): string =>
  execFileSync("tar", args, { cwd: live.folder, encoding: "utf8" });

describe("archive", () => {
  it.each(["exp.tar", "exp.tar.gz", "exp.zip"])(
    "makes %s, which is unpacked again",
    async (name) => {
      const made = await live.run(["archive", live.uri("exp/"), name]);
      expect(made).toMatchObject({
        code: 0,
        stdout: `archived: ${live.uri("exp/")} to ${name} (2 objects, 6 B)\n`,
      });
      const target = live.uri(`from-${name}/`);
      const put = await live.run(["--json", "extract", name, target]);
      expect(records(put.stdout)).toEqual([
        expect.objectContaining({ type: "extract", file: name, files: 2, bytes: 6, leftOut: [] }),
      ]);
      const got = await live.run(["cat", `${target}a.tsv`, `${target}log/b=1.json`]);
      expect(got.stdout).toBe("1\t2\n{}");
    },
  );

  it("goes to a pipe, to an object, and from there to a folder", async () => {
    const piped = await live.run(["archive", "--include", "*.tsv", "--format", "tar", "exp/", "-"]);
    expect(piped).toMatchObject({ code: 0 });
    expect(piped.stdout.slice(0, 5)).toBe("a.tsv");
    const object = live.uri("kept/exp.tgz");
    const stored = await live.run(["--json", "archive", "--root", "r", "exp/", object]);
    expect(records(stored.stdout)).toEqual([
      expect.objectContaining({ type: "archive", format: "tar.gz", members: 2, bytes: 6 }),
    ]);
    expect(await live.run(["extract", object, "./folder"])).toMatchObject({ code: 0 });
    expect(await readFile(join(live.folder, "folder/r/log/b=1.json"), "utf8")).toBe("{}");
  });

  it("of nothing ends with 3, and makes no file", async () => {
    const { code, stderr } = await live.run(["archive", "none/", "none.tar.gz"]);
    expect(code).toBe(3);
    expect(stderr).toContain(`There is nothing below ${live.uri("none/")}`);
    expect(stderr).toContain("--allow-empty makes an archive of nothing");
    expect(await readdir(live.folder)).not.toContain("none.tar.gz");
  });

  it.each(["mine.zip", "s3"])("writes over no %s with --no-overwrite", async (name) => {
    const isLocal = name !== "s3";
    const target = isLocal ? name : live.uri("mine.zip");
    if (isLocal) await writeFile(join(live.folder, name), "mine");
    else await live.run(["cp", "-", target], { input: "mine" });
    const args = ["archive", "--no-overwrite", "exp/", target];
    const { code, stderr } = await live.run(args);
    expect(stderr).toContain("already");
    expect(stderr).toContain("leave --no-overwrite out");
    expect(code).toBe(6);
    const { stdout } = isLocal ? { stdout: "" } : await live.run(["cat", target]);
    const kept = isLocal ? await readFile(join(live.folder, name), "utf8") : stdout;
    expect(kept).toBe("mine");
    const fresh = isLocal ? "fresh.zip" : live.uri("fresh.zip");
    expect(await live.run([...args.slice(0, -1), fresh])).toMatchObject({ code: 0 });
  });

  it("of a local folder says that the source is in S3, and what packs folders", async () => {
    await mkdir(join(live.folder, "src1"));
    const { code, stderr } = await live.run(["archive", "src1", "s.tar.gz"]);
    expect(stderr).toContain("The source is always in S3. To pack the local src1, use tar or zip");
    expect(code).toBe(3);
  });

  it("of an object says what that is", async () => {
    const { code, stderr } = await live.run(["archive", "exp/a.tsv", "one.tar"]);
    expect(stderr).toContain(`There is nothing below ${live.uri("exp/a.tsv/")}, but an object`);
    expect(code).toBe(3);
  });

  it.each([
    [["archive", "exp/", "x.tar", "--level", "12"], "--level takes a digit"],
    [["archive", "exp/", "x.rar"], "x.rar ends in .rar, and archives are made as tar, tar.gz, zip"],
    [["archive", "exp/", "x.tar", "--format", "rar"], "--format takes tar, tar.gz, zip, not rar"],
    [["archive", "exp/", "x.tar", "--on-missing", "skip"], "--on-missing takes error, report"],
    [["archive", "exp/", "s3://bkt/folder/"], "names no object"],
    [["extract", "x.tar", "./folder"], "One side of extract has to be in S3"],
    [["extract", "s3://bkt/x.tar", "-"], "not unpacked to standard output"],
    [["archive", "exp/", "-", "--no-overwrite"], "Standard output has nothing to overwrite"],
  ])("%j is a usage error", async (args, words) => {
    const { code, stderr } = await live.run(args);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});

describe("extract", () => {
  it("refuses links, or leaves them out and says so", async () => {
    const folder = join(live.folder, "links");
    execFileSync("mkdir", [folder]);
    await writeFile(join(folder, "a"), "1");
    execFileSync("ln", ["-s", "/etc/passwd", join(folder, "link")]);
    tar("-czf", "links.tar.gz", "-C", "links", ".");
    const refused = await live.run(["extract", "links.tar.gz", live.uri("links/")]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(" link is not unpacked: is a symbolic link");
    expect(refused.stderr).toContain("--on-unsafe report for all of such a kind");
    const args = ["extract", "--on-unsafe", "report", "links.tar.gz", live.uri("links/")];
    const reported = await live.run(args);
    expect(reported.code).toBe(7);
    expect(reported.stderr).toContain("left out link: is a symbolic link");
    expect(reported.stdout).toContain("(1 file, 1 B)");
  });

  it("says that a table is no archive, and by its name", async () => {
    await writeFile(join(live.folder, "t.csv"), "a,b\n".repeat(500));
    const { code, stderr } = await live.run(["extract", "t.csv", live.uri("none/")]);
    expect(stderr).toContain("t.csv is no tar, tar.gz or ZIP archive: it begins like none.");
    expect(code).toBe(2);
  });

  it("says what is there already, though a large file is under way", async () => {
    await writeFile(join(live.folder, "many"), Buffer.alloc(64 * 2 ** 20));
    await writeFile(join(live.folder, "few"), "1");
    tar("-cf", "two.tar", "few", "many");
    expect((await live.run(["cp", "few", live.uri("two/few")])).code).toBe(0);
    const args = ["extract", "--no-overwrite", "two.tar", live.uri("two/")];
    const { code, stderr } = await live.run(args);
    expect(stderr).toContain("two/few");
    expect(stderr).not.toContain("stopped");
    expect(code).toBe(6);
  });

  it.each(["kept.tar", "kept.zip"])(
    "of %s writes over no file of a folder with --no-overwrite",
    async (name) => {
      await live.run(["archive", "exp/", live.uri(name)]);
      const folder = join(live.folder, `from-${name}`);
      await mkdir(folder);
      await writeFile(join(folder, "a.tsv"), "mine");
      const args = ["extract", "--no-overwrite", live.uri(name), folder];
      const { code, stderr } = await live.run(args);
      expect(stderr).toContain("a.tsv exists already");
      expect(stderr).toContain("--no-overwrite");
      expect(code).toBe(6);
      expect(await readFile(join(folder, "a.tsv"), "utf8")).toBe("mine");
      const files = (await readdir(folder, { recursive: true })).sort();
      expect(["a.tsv,log,log/b=1.json", "a.tsv,log", "a.tsv"]).toContain(files.join());
      await rm(join(folder, "a.tsv"));
      await rm(join(folder, "log"), { recursive: true, force: true });
      expect(await live.run(args)).toMatchObject({ code: 0 });
    },
  );

  it("says of an archive that was cut off what it had written", async () => {
    await live.run(["archive", "exp/", "whole.tar"]);
    const bytes = await readFile(join(live.folder, "whole.tar"));
    const { code, stderr } = await live.run(["extract", "-", live.uri("cut/")], {
      input: bytes.subarray(0, 1024).toString("latin1"),
    });
    expect(stderr).toContain("ends after 1024 bytes, before its end marker.");
    expect(code).toBe(8);
  });
});
