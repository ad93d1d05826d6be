import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeKernelLock } from "./kernel-lock.ts";

/** Descriptors that are open, where the system tells. */
async function openDescriptors(): Promise<number> {
  return (await readdir("/proc/self/fd").catch(() => [])).length;
}

test("a lock that another has is not had, and asking for it leaves nothing open", async () => {
  const directory = await mkdtemp(join(tmpdir(), "kernel-lock-"));
  const first = await takeKernelLock(directory);
  const before = await openDescriptors();
  for (let time = 0; time < 10; time += 1) {
    const second = await takeKernelLock(directory);
    expect(second).toBe(first === "unknown" ? "unknown" : "taken");
  }
  expect(await openDescriptors()).toBeLessThan(before + 10);
  if (typeof first !== "string") first.release();
  await rm(directory, { recursive: true });
});
