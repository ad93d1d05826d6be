import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDirectory } from "./directory-lock.ts";

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
