import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dotenvFile } from "./dotenv-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-dotenv-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

it("shows the names asked for and no others", async () => {
  const path = join(folder, ".env");
  const file = dotenvFile(path);
  expect(await file.read(["A"])).toEqual({});
  await writeFile(path, "A=1\nSECRET=x\nA=2\n");
  expect(await file.read(["A", "B"])).toEqual({ A: "2" });
});

it("merges what it is given, and no secrets", async () => {
  const path = join(folder, ".env");
  const file = dotenvFile(path);
  await writeFile(path, "SECRET=x\n");
  await file.write({ STORAGE_S3_BUCKET: "sims" });
  expect(await readFile(path, "utf8")).toBe("SECRET=x\nSTORAGE_S3_BUCKET=sims\n");
  await expect(file.write({ STORAGE_S3_SECRET_ACCESS_KEY: "x" })).rejects.toThrow("is a secret");
});
