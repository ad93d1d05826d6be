import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { journalLimits } from "../../core/journal-limits.ts";
import { journalLine } from "./journal-lines.ts";
import { ownJournalOwner } from "./journal-owner.ts";
import { Journals } from "./journals.ts";

const subject = { kind: "upload", key: "a/b", localPath: "/data/b" } as const;
const bucket = "http://store.example bkt";
let base = "";
let folder = "";

beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), "sms-journals-"));
  folder = path.join(base, "state", "transfers");
});
afterEach(() => rm(base, { recursive: true }));

const journals = (place: Partial<{ bucket: string; now: () => number }> = {}) =>
  new Journals({ folder, bucket, ...place });
const none = (reason: string): void => expect.fail(reason);

/** Leaves a journal with one record behind, as if its process were gone. */
async function leave(key = "a/b"): Promise<string> {
  const journal = await journals().create({ ...subject, key }, { n: 1 });
  journal?.add({ part: 1 });
  await journal?.keep();
  return journal?.path ?? "";
}

/** A path as another process would have named it. */
function ownedBy(file: string, owner: Partial<typeof ownJournalOwner>): string {
  const { host, pid, start } = { ...ownJournalOwner, ...owner };
  const [name = "", , ending = ""] = path.basename(file).split(/\.|(?<=journal)/);
  return path.join(folder, `${name}.${host}-${pid}-${start}-1.${ending || "journal"}`);
}

describe("a journal that was left", () => {
  it("is claimed with what it holds, by the same transfer alone", async () => {
    await leave();
    const others = [
      [journals({ bucket: "http://other.example bkt" }), subject],
      [journals(), { ...subject, key: "a" }],
      [journals(), { ...subject, localPath: "/data/c" }],
      [journals(), { ...subject, kind: "download" }],
      [journals(), { ...subject, versionId: "v1" }],
    ] as const;
    for (const [those, other] of others) {
      expect(await those.claim(other, none)).toBeUndefined();
      expect(await those.mayHave(other)).toBe(false);
    }
    expect(await journals().mayHave(subject)).toBe(true);
    const claimed = await journals().claim(subject, none);
    expect(claimed?.header).toMatchObject({ n: 1, key: "a/b", bucket });
    expect(claimed?.records).toEqual([{ part: 1 }]);
    await claimed?.journal.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is for this user's eyes alone", async () => {
    const file = await leave();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await chmod(folder, 0o755);
    await leave("c");
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it("goes to one claimer, and to nobody while it is in use", async () => {
    await leave();
    const claims = await Promise.all([1, 2, 3].map(() => journals().claim(subject, none)));
    const [claimed, ...more] = claims.filter((claim) => claim !== undefined);
    expect(claimed?.records).toEqual([{ part: 1 }]);
    expect(more).toEqual([]);
    expect(await journals().claim(subject, none)).toBeUndefined();
    claimed?.journal.add({ part: 2 });
    await claimed?.journal.keep();
    const again = await journals().claim(subject, none);
    expect(again?.records).toEqual([{ part: 1 }, { part: 2 }]);
    await again?.journal.remove();
  });

  it("is gone on with behind the torn end of its last line", async () => {
    const file = await leave();
    await writeFile(file, journalLine({ part: 2 }).slice(0, -3), { flag: "a" });
    const claimed = await journals().claim(subject, none);
    claimed?.journal.add({ part: 3 });
    await claimed?.journal.keep();
    const again = await journals().claim(subject, none);
    expect(again?.records).toEqual([{ part: 1 }, { part: 3 }]);
    await again?.journal.remove();
  });
});

describe("the journal of another process", () => {
  it("that runs is left to it, also when its number was another's before", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    const pid = child.pid ?? 0;
    const file = await leave();
    // Its number runs, but it began at another time.
    const recycled = ownedBy(file, { pid });
    await rename(file, recycled);
    const claimed = await journals().claim(subject, none);
    expect(claimed?.records).toEqual([{ part: 1 }]);
    await claimed?.journal.keep();
    const running = ownedBy(claimed?.journal.path ?? "", { pid, start: await startOf(pid) });
    await rename(claimed?.journal.path ?? "", running);
    expect(await journals().claim(subject, none)).toBeUndefined();
    child.kill("SIGKILL");
    await once(child, "exit");
    const freed = await journals().claim(subject, none);
    expect(freed?.records).toEqual([{ part: 1 }]);
    await freed?.journal.remove();
  });

  it("of another machine is taken once nobody has touched it for a while", async () => {
    const file = await leave();
    await rename(file, ownedBy(file, { host: "0".repeat(8) }));
    expect(await journals().claim(subject, none)).toBeUndefined();
    const later = Date.now() + journalLimits.foreignMs + 1000;
    const claimed = await journals({ now: () => later }).claim(subject, none);
    expect(claimed?.records).toEqual([{ part: 1 }]);
    await claimed?.journal.remove();
  });
});

/** As the other process would reckon it of itself. */
async function startOf(pid: number): Promise<string> {
  const { createHash } = await import("node:crypto");
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
  const stats = await readFile(`/proc/${pid}/stat`, "utf8");
  const ticks = stats.slice(stats.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return createHash("sha256").update(`${boot} ${ticks}`).digest("hex").slice(0, 8);
}

describe("what cannot be used", () => {
  const header = { format: "sms-api-storage transfer", version: 2, kind: "upload" };
  it.each([
    ["of another version", journalLine(header), "it is of version 2, not 1"],
    ["that is none", "[default]\nregion = us-east-1\n", "it does not begin as a journal does"],
    ["that is empty", "", "it does not begin as a journal does"],
    ["that is huge", "x".repeat(journalLimits.fileBytes + 1), "larger than a journal can be"],
  ])("a journal %s is put aside with a sentence", async (_what, contents, reason) => {
    const file = await leave();
    await writeFile(file, contents);
    const refused: string[] = [];
    expect(await journals().claim(subject, (why) => refused.push(why))).toBeUndefined();
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(reason);
    const [aside = ""] = await readdir(folder);
    expect(refused[0]).toContain(aside);
    expect(await readFile(path.join(folder, aside), "utf8")).toBe(contents);
    expect(await journals().claim(subject, none)).toBeUndefined();
  });

  it("a folder that cannot be is as if there were no journals", async () => {
    await writeFile(path.join(base, "state"), "a file");
    expect(await journals().create(subject, {})).toBeUndefined();
    expect(await journals().claim(subject, none)).toBeUndefined();
    expect(await journals().mayHave(subject)).toBe(false);
  });
});

const later = () => Date.now() + journalLimits.keptMs + 60_000;

describe("what is old", () => {
  it("is swept, with the part file that it names, and nothing else", async () => {
    const part = path.join(base, ".sms-kept-1.part");
    const mine = path.join(base, "mine");
    await writeFile(part, "x");
    await writeFile(mine, "x");
    for (const [key, partFile] of Object.entries({ part, mine })) {
      const journal = await journals().create({ ...subject, kind: "download", key }, { partFile });
      await journal?.keep();
    }
    const inUse = await journals().create({ ...subject, key: "in use" }, {});
    await writeFile(path.join(folder, "x.journal.refused"), "x");
    await writeFile(path.join(folder, "notes.txt"), "x");
    await mkdir(path.join(folder, "sub"));
    await journals({ now: later }).claim(subject, none);
    const left = ["notes.txt", path.basename(inUse?.path ?? ""), "sub"].toSorted();
    expect((await readdir(folder)).toSorted()).toEqual(left);
    expect(await readdir(base)).toEqual(["mine", "state"]);
    await inUse?.remove();
  });

  it("stays while it is young", async () => {
    const file = await leave();
    const young = new Date(Date.now() - journalLimits.keptMs + 60_000);
    await utimes(file, young, young);
    expect(await journals().mayHave(subject)).toBe(true);
  });
});

it("a journal that has grown too large takes no more, and can still be read", async () => {
  const journal = await journals().create(subject, {});
  const text = "x".repeat(1024 * 1024);
  for (let n = 0; n < 20; n += 1) journal?.add({ n, text });
  await journal?.keep();
  const claimed = await journals().claim(subject, none);
  expect(claimed?.records.length).toBe(15);
  await claimed?.journal.remove();
});
