import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isPartFile, PartFiles } from "./part-files.ts";

let folder = "";
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "sms-part-test-"))));
afterEach(() => rm(folder, { recursive: true }));

const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

const tomorrow = (): number => Date.now() + 25 * 3_600_000;

/** Of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

async function leave(name: string, changed = new Date()): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, "half");
  await utimes(file, changed, changed);
  return name;
}

it("removes what ended processes left, and nothing else", async () => {
  await leave(`.sms-${host}-${deadPid()}-a.part`);
  const kept = [
    await leave(`.sms-${host}-${process.pid}-b.part`),
    // Whole already, with its object's time of change, and about to be renamed.
    await leave(`.sms-${host}-${process.pid}-c.part`, new Date(0)),
    await leave(`.sms-00000000-${deadPid()}-of-another-machine.part`),
    await leave("a.part"),
    await leave(`sms-${host}-${deadPid()}-a.part`),
    await leave(`.sms-${host}-${deadPid()}-a.part.tsv`),
  ];
  await new PartFiles(() => "r").pathBeside(path.join(folder, "target"));
  expect((await readdir(folder)).toSorted()).toEqual(kept.toSorted());
});

it("removes what nobody has touched for a day, whoever's it was", async () => {
  await leave(`.sms-${host}-${process.pid}-a.part`);
  await leave(`.sms-00000000-1-of-another-machine.part`);
  const kept = await leave("a.part");
  await new PartFiles(() => "r", tomorrow).pathBeside(path.join(folder, "target"));
  expect(await readdir(folder)).toEqual([kept]);
});

it("gives a name of its own in the target's folder, which it knows again", async () => {
  let count = 0;
  const files = new PartFiles(() => `r${(count += 1)}`);
  const first = await files.pathBeside(path.join(folder, "target"));
  expect(path.dirname(first)).toBe(folder);
  expect(isPartFile(path.basename(first))).toBe(true);
  expect(await files.pathBeside(path.join(folder, "target"))).not.toBe(first);
});

it("looks into a folder once", async () => {
  const files = new PartFiles(() => "r");
  await files.pathBeside(path.join(folder, "target"));
  const later = await leave(`.sms-${host}-${deadPid()}-a.part`);
  await files.pathBeside(path.join(folder, "target"));
  expect(await readdir(folder)).toEqual([later]);
});

it("does not mind a folder that is not there", async () => {
  const target = path.join(folder, "none", "target");
  expect(path.dirname(await new PartFiles(() => "r").pathBeside(target))).toBe(
    path.join(folder, "none"),
  );
});
