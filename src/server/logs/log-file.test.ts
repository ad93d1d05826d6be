import { readFile, rename, rm, mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LogFile } from "./log-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "log-file-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const never = (error: Error): void => {
  throw error;
};

it("adds lines to what is there, for its owner's eyes alone", async () => {
  const path = join(folder, "log");
  for (const line of ["one", "two"]) {
    const log = LogFile.open(path, never);
    log.write(line);
    await log.close();
  }
  expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it("goes on in a new file once it is opened anew, and loses nothing", async () => {
  const path = join(folder, "log");
  const log = LogFile.open(path, never);
  log.write("before");
  await rename(path, join(folder, "moved"));
  log.write("still");
  log.reopen();
  log.write("after");
  await log.close();
  await expect
    .poll(async () => await readFile(join(folder, "moved"), "utf8"))
    .toBe("before\nstill\n");
  expect(await readFile(path, "utf8")).toBe("after\n");
});

it("says at once when it cannot be written, and later once", async () => {
  expect(() => LogFile.open(join(folder, "none", "log"), never)).toThrow(
    /cannot be written \(ENOENT/,
  );
  const path = join(folder, "gone", "log");
  const { mkdir } = await import("node:fs/promises");
  await mkdir(join(folder, "gone"));
  const failures: string[] = [];
  const log = LogFile.open(path, ({ message }) => failures.push(message));
  await rm(join(folder, "gone"), { recursive: true });
  log.reopen();
  await expect.poll(() => failures.length).toBe(1);
  for (let count = 0; count < 3; count += 1) log.write("lost");
  expect(failures).toHaveLength(1);
  await log.close();
});
