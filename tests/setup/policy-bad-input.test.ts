import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHere } from "../doctor/run-here.ts";

// `policy lint` and `diff` on what people and programs hand them.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "policy-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const statement = {
  Sid: "A",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::b-1/*",
};
const policy = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const good = policy(statement);
const nested = (depth: number) => `${"[".repeat(depth)}"x"${"]".repeat(depth)}`;
const deep = (depth: number) => good.replace('"s3:GetObject"', nested(depth));

const texts: Readonly<Record<string, string>> = {
  twice: good.replace('"Effect":"Deny"', '"Effect":"Allow","Effect":"Deny"'),
  "twice in a condition": policy({ ...statement, Condition: "C" }).replace(
    '"C"',
    '{"Bool":{"aws:SecureTransport":"true","aws:SecureTransport":"false"}}',
  ),
  "over 20 KiB": policy({ ...statement, Sid: "B".repeat(20_480) }),
  deep: deep(50),
  "very deep": deep(100_000),
  "very deep objects": good.replace(
    '"s3:GetObject"',
    `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`,
  ),
  empty: "",
  "a list": "[]",
  null: "null",
  "no statement": '{"Version":"2012-10-17"}',
  "statement of a number": '{"Version":"2012-10-17","Statement":1}',
  "half of one": good.slice(0, 60),
};

async function run(...args: string[]) {
  const environment = { HOME: folder, AWS_EC2_METADATA_DISABLED: "true" };
  return runHere(args, { environment, cwd: folder });
}

it.each(Object.keys(texts))("%s: lint says what is wrong, and never fails itself", async (name) => {
  const path = join(folder, "given.json");
  await writeFile(path, texts[name] ?? "");
  const { code, stdout, stderr } = await run("policy", "lint", path);
  expect({ code, stderr }).toEqual({ code: 8, stderr: "" });
  expect(stdout).toMatch(/ERROR [A-Z\d_]+: /);
});

it.each(Object.keys(texts).filter((name) => name !== "over 20 KiB"))(
  "%s: diff does not compare it",
  async (name) => {
    await writeFile(join(folder, "one.json"), texts[name] ?? "");
    await writeFile(join(folder, "other.json"), good);
    const { code, stdout, stderr } = await run("policy", "diff", "one.json", "other.json");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("one.json");
  },
);

it("files are found from where the command is called, and only files are read", async () => {
  await writeFile(join(folder, "here.json"), good);
  expect((await run("policy", "diff", "here.json", "here.json")).code).toBe(0);
  for (const path of ["/dev/zero", folder, "not-there.json"]) {
    const { code, stderr } = await run("policy", "lint", path);
    expect({ path, code }).toEqual({ path, code: 2 });
    expect(stderr).toContain("cannot be read");
  }
});
