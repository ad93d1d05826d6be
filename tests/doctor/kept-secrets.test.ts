import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "./run-here.ts";

// Keys that AWS's tools keep on this machine do not show in what is passed on, however they are written.

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
  await writeFile(join(folder, "credentials"), `[lab]\naws_secret_access_key = ${secret}\n`);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ["as it is", secret],
  [
    "wrapped over lines",
    `${secret.slice(0, 17)}\n    ${secret.slice(17, 30)}\n${secret.slice(30)}`,
  ],
  ["percent-encoded", encodeURIComponent(secret)],
])("a secret of the credentials file, %s", async (_, written) => {
  const environment = { AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials") };
  const text = `NoSuchBucket: made with (${written}) and so on`;
  const { stdout } = await runHere(["doctor", "--error", text, "--json"], {
    environment,
    cwd: folder,
  });
  const { id, symptom } = JSON.parse(stdout) as { readonly id: string; readonly symptom: string };
  expect(id).toBe("D25");
  expect(symptom).toContain("made with (********) and so on");
});
