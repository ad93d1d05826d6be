import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedSecrets } from "./shared-secrets.ts";

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "sms-secrets-"));
  for (const tool of ["sso", "cli"]) {
    await mkdir(join(home, ".aws", tool, "cache"), { recursive: true });
  }
  const write = (name: string, text: string) => writeFile(join(home, ".aws", name), text);
  await write(
    "credentials",
    "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = kept/secret\n" +
      "[lab]\naws_session_token=kept-token\n",
  );
  await write("config", "[profile lab]\nregion = us-east-1\n");
  await write(
    "sso/cache/a.json",
    JSON.stringify({ accessToken: "sso-token", clientSecret: "client", region: "us-east-1" }),
  );
  await write(
    "cli/cache/b.json",
    JSON.stringify({ Credentials: { AccessKeyId: "ASIA", SecretAccessKey: "role-secret" } }),
  );
  await write("cli/cache/c.json", "{");
  await write("cli/cache/d.txt", '{"Secret":"no-cache"}');
  await write("cli/cache/e.json", JSON.stringify({ Secret: "x".repeat(70_000) }));
});

afterAll(() => rm(home, { recursive: true, force: true }));

test("keys of profiles, of sign-ins and of roles; nothing else", async () => {
  expect([...(await sharedSecrets({}, home))].sort()).toEqual([
    "client",
    "kept-token",
    "kept/secret",
    "role-secret",
    "sso-token",
  ]);
});

test("of the files that the environment names; what is missing holds nothing", async () => {
  const elsewhere = { AWS_SHARED_CREDENTIALS_FILE: join(home, "none") };
  expect(await sharedSecrets(elsewhere, home)).not.toContain("kept/secret");
  expect(await sharedSecrets({}, join(home, "nobody"))).toEqual([]);
});
