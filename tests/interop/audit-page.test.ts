import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ownCommand, OwnServer } from "./own-server.ts";
import { outputOf, runCommand } from "./run-command.ts";

// The page of an audit, as a browser shows it.

const bucket = "audited-bucket";
let server: OwnServer;
let env: Record<string, string>;

beforeAll(async () => {
  server = await OwnServer.start();
  const { accessKeyId, secretAccessKey } = server.identities.admin;
  env = {
    PATH: process.env["PATH"] ?? "",
    HOME: server.scratch,
    STORAGE_S3_BUCKET: bucket,
    STORAGE_S3_REGION: server.region,
    STORAGE_S3_ENDPOINT_URL: server.endpoint,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
});
afterAll(() => server[Symbol.asyncDispose]());

it("renders, its score in sight, and runs no script", async () => {
  const cwd = server.scratch;
  const run = (...args: string[]) =>
    runCommand(process.execPath, [...ownCommand, ...args], { env, cwd });
  expect(await run("setup", "--yes", "--no-env")).toMatchObject({ exitCode: 0 });
  expect(await run("audit", "--html", "audit.html")).toMatchObject({ exitCode: 8 });
  const page = await readFile(join(cwd, "audit.html"), "utf8");
  const score = /<div class="score"><strong>(\d{1,3})</.exec(page)?.[1] ?? "none";
  const profile = join(cwd, "browser");
  await mkdir(profile);
  const browse = (...args: string[]) =>
    outputOf(
      "chromium",
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        `--user-data-dir=${profile}`,
        ...args,
        `file://${cwd}/audit.html`,
      ],
      { env, cwd },
    );
  const shown = await browse("--dump-dom");
  expect(shown).toContain(bucket);
  expect(shown).toContain(`<div class="score"><strong>${score}</strong>`);
  expect(Number(score)).toBeGreaterThan(50);
  expect(shown).not.toContain("<script");
  await browse("--window-size=1000,1400", `--screenshot=${join(cwd, "audit.png")}`);
  expect((await stat(join(cwd, "audit.png"))).size).toBeGreaterThan(20_000);
});
