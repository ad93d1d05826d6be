import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readPlainFile } from "./read-plain-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-file-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const why = async (path: string): Promise<string> =>
  await readPlainFile(path, 8).then(
    () => "read",
    (error: unknown) => String(error),
  );

it("reads files as long as is allowed", async () => {
  const file = join(folder, "file");
  await writeFile(file, "12345678");
  expect(String(await readPlainFile(file, 8))).toBe("12345678");
  await writeFile(file, "");
  expect(String(await readPlainFile(file, 8))).toBe("");
  await writeFile(file, "123456789");
  expect(await why(file)).toBe("Error: it has 9 bytes; 8 are allowed");
});

it("says what is no file, and waits for nobody who might write", async () => {
  const pipe = join(folder, "pipe");
  await promisify(execFile)("mkfifo", [pipe]);
  expect(await why(pipe)).toBe("Error: it is a pipe or a device, and no file");
  expect(await why(folder)).toBe("Error: it is a folder");
  expect(await why("/dev/zero")).toBe("Error: it is a pipe or a device, and no file");
  expect(await why(join(folder, "none"))).toBe("Error: there is no such file (ENOENT)");
  expect(await why(join(folder, "file", "below"))).toBe("Error: ENOTDIR");
});
