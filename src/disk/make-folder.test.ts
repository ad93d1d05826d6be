import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeFolder } from "./make-folder.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "make-folder-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("makes what is missing, with its mode, and answers where the new ones begin", () => {
  expect(makeFolder(join(folder, "a", "b", "c"), 0o700)).toBe(join(folder, "a"));
  expect(makeFolder(join(folder, "a", "b", "d"), 0o700)).toBe(join(folder, "a", "b", "d"));
  expect(makeFolder(join(folder, "a", "b"), 0o700)).toBeUndefined();
  const modes = ["a", "a/b", "a/b/c"].map((name) => statSync(join(folder, name)).mode & 0o777);
  expect(modes).toEqual(process.platform === "win32" ? modes : [0o700, 0o700, 0o700]);
});

it.each([["below"], ["below", "deeper"]])("says that a file is in the way of %s", (...names) => {
  writeFileSync(join(folder, "file"), "");
  expect(() => makeFolder(join(folder, "file", ...names))).toThrow("ENOTDIR");
});

it.skipIf(process.platform !== "linux")("ends where no folder can be made", () => {
  expect(() => makeFolder("/proc/none/below")).toThrow("ENOENT");
});
