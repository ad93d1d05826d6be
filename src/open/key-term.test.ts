import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { KeyTerm } from "../core/key-term.ts";
import { getSettings } from "../settings/get-settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import { signInEnd } from "./sign-in-end.ts";
import { storeCredentials } from "./store-credentials.ts";

let home = "";
let before: NodeJS.ProcessEnv = {};

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "key-term-"));
  before = { ...process.env };
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) delete process.env[name];
  }
  process.env["HOME"] = home;
  process.env["AWS_EC2_METADATA_DISABLED"] = "true";
});

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await rm(home, { recursive: true });
});

it("keys of variables are told with their end, and that none follow", async () => {
  const expiration = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
  process.env["AWS_ACCESS_KEY_ID"] = "ASIAEXAMPLE000000001";
  process.env["AWS_SECRET_ACCESS_KEY"] = "secret";
  process.env["AWS_SESSION_TOKEN"] = "token";
  process.env["AWS_CREDENTIAL_EXPIRATION"] = expiration.toISOString();
  const settings = getSettings({ environment: {}, envFile: false });
  const told = new Promise<KeyTerm>((onKeyTerm, fail) => {
    storeCredentials(storeSettings(settings), undefined, { onKeyTerm })().catch(fail);
  });
  expect(await told).toEqual({ expiration, isRenewed: false, signInEnds: undefined });
});

const config = [
  "[profile lab]",
  "sso_session = dev",
  "[sso-session dev]",
  "sso_start_url = https://d-0000000000.awsapps.com/start",
  "sso_region = us-east-1",
];

async function cache(signIn: unknown): Promise<void> {
  const folder = join(home, ".aws", "sso", "cache");
  await mkdir(folder, { recursive: true });
  await writeFile(join(home, ".aws", "config"), config.join("\n"));
  const name = createHash("sha1").update("dev").digest("hex");
  await writeFile(join(folder, `${name}.json`), JSON.stringify(signIn));
}

it("a sign-in that nothing renews has an end, one with a refresh token none that is known", async () => {
  const signIn = { accessToken: "a", expiresAt: "2026-11-27T12:00:00Z" };
  await cache(signIn);
  expect(await signInEnd(process.env, "lab")).toEqual(new Date("2026-11-27T12:00:00Z"));
  await cache({ ...signIn, refreshToken: "r" });
  expect(await signInEnd(process.env, "lab")).toBeUndefined();
  await cache({ ...signIn, expiresAt: "soon" });
  expect(await signInEnd(process.env, "lab")).toBeUndefined();
  expect(await signInEnd(process.env, "other")).toBeUndefined();
});
