import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDirectory } from "./directory-lock.ts";

/** The built one: the child runs plain JavaScript. */
const lockModule = new URL("../../dist/engine/directory-lock.js", import.meta.url).href;

let directory: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "engine-lock-"));
});

afterEach(async () => {
  child?.kill("SIGKILL");
  child = undefined;
  await rm(directory, { recursive: true, force: true });
});

/** The start of a process as the lock notes it. */
async function processStart(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

async function writeLock(pid: number, changes: Record<string, string> = {}): Promise<void> {
  const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const owner = {
    token: "t",
    pid,
    host: hostname(),
    bootId,
    processStart: await processStart(pid),
  };
  await writeFile(join(directory, "lock"), JSON.stringify({ ...owner, ...changes }));
}

async function runShell(script: string): Promise<number> {
  child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return Number(line.toString());
}

describe("lockDirectory", () => {
  it("gives way to nobody while its holder lives, and to the next one after", async () => {
    const lock = await lockDirectory(directory);
    expect(lock.takenOver).toBe(false);
    await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${process.pid}`);
    await lock.release(true);
    const next = await lockDirectory(directory);
    expect(next.takenOver).toBe(false);
    await next.release(true);
  });

  it("of many that come at once lets one in", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => lockDirectory(directory)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("the kernel's lock", () => {
  const refused = expect.objectContaining({ code: "Conflict" });

  it("does not care for the file: overwritten, deleted, of another's process space", async () => {
    const lock = await lockDirectory(directory);
    const path = join(directory, "lock");
    await expect(lockDirectory(directory)).rejects.toEqual(refused);
    await writeFile(path, "garbage");
    await expect(lockDirectory(directory)).rejects.toThrow("in use by another process");
    await writeFile(path, JSON.stringify({ pid: 1, host: "h", bootId: "b", processStart: "1" }));
    await expect(lockDirectory(directory)).rejects.toThrow("in use by process 1 on h");
    await rm(path);
    await expect(lockDirectory(directory)).rejects.toEqual(refused);
    await lock.release(true);
    const next = await lockDirectory(directory);
    await next.release(true);
  });

  it("holds against other processes, and goes with the one that has it", async () => {
    const lock = await lockDirectory(directory);
    await expect(tryInChild()).resolves.toBe("Conflict");
    await lock.release(true);
    await expect(tryInChild()).resolves.toBe("locked");
    // That one was killed.
    const next = await lockDirectory(directory);
    expect(next.takenOver).toBe(true);
    await next.release(true);
  });
});

/** Locks in a process of its own that is then killed. */
async function tryInChild(): Promise<string> {
  const script = `
    const { lockDirectory } = await import(${JSON.stringify(lockModule)});
    const say = (text) => console.log(text);
    await lockDirectory(process.argv[1]).then(() => say("locked"), ({ code }) => say(code));
    setInterval(() => {}, 1000);`;
  child = spawn(process.execPath, ["--input-type=module", "-e", script, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  child.kill("SIGKILL");
  await once(child, "exit");
  return line.toString().trim();
}

describe("the mark of a closed store", () => {
  it("is what tells a clean stop: without it the next open looks for leftovers", async () => {
    const first = await lockDirectory(directory);
    expect(first.takenOver).toBe(false);
    await first.release(true);
    await mkdir(join(directory, "index"));
    const second = await lockDirectory(directory);
    expect(second.takenOver).toBe(false);
    // Killed, and somebody tidied up.
    await rm(join(directory, "lock"));
    await second.release(false);
    await rm(join(directory, "lock"));
    const third = await lockDirectory(directory);
    expect(third.takenOver).toBe(true);
    await third.release(true);
  });
});

describe.runIf(existsSync("/proc/self/stat"))("lockDirectory, where there is /proc,", () => {
  it("respects a living process", async () => {
    const pid = await runShell("echo $$; exec sleep 30");
    await writeLock(pid);
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: "Conflict" });
  });

  it("takes over from a process that was killed and that nobody has reaped", async () => {
    // The shell becomes a sleep, which never asks after the child that it inherits.
    const pid = await runShell("sleep 0.2 & echo $!; exec sleep 30");
    await expect.poll(() => readFile(`/proc/${pid}/stat`, "utf8")).toContain(") Z ");
    await writeLock(pid);
    const lock = await lockDirectory(directory);
    expect(lock.takenOver).toBe(true);
    await lock.release(true);
  });

  it("takes over from a process whose id another one has now, or of an earlier boot", async () => {
    const pid = await runShell("echo $$; exec sleep 30");
    for (const changes of [{ processStart: "1" }, { bootId: "earlier" }]) {
      await writeLock(pid, changes);
      const lock = await lockDirectory(directory);
      expect(lock.takenOver).toBe(true);
      await lock.release(true);
    }
  });
});
