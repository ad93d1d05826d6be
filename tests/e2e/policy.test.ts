import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// Policies shown, checked and compared, as processes.

let live: LiveServer;

beforeAll(async () => {
  live = await startLiveServer();
  // A user to whom its own policies allow nothing, so that the bucket's has to.
  const needy = `arn:aws:iam::${live.accountId}:user/powerless`;
  const { code, stderr } = await live.run(["setup", "--yes", "--no-env", "--principal", needy]);
  if (code !== 0) throw new Error(stderr);
});

afterAll(() => live.stop());

const usage = 2;
const checkFailed = 8;

const tls = () => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [`arn:aws:s3:::${live.bucket}`, `arn:aws:s3:::${live.bucket}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

async function file(name: string, content: unknown): Promise<string> {
  const path = join(live.folder, name);
  const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
  await writeFile(path, text);
  return name;
}

const policyOf = (...Statement: unknown[]) => ({ Version: "2012-10-17", Statement });

describe("policy show", { timeout: 30_000 }, () => {
  it("says who may do what, on what, when", async () => {
    const path = await file("show.json", policyOf(tls()));
    const { code, stdout } = await live.run(["policy", "show", path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Deny +statement "TlsOnly"$/m);
    expect(stdout).toMatch(/^ +who +everybody$/m);
    expect(stdout).toMatch(/^ +when +aws:SecureTransport is false$/m);
  });

  it("of the bucket, as the set-up made it", async () => {
    const { code, stdout } = await live.run(["policy", "show", "--json"]);
    expect(code).toBe(0);
    const [first] = records(stdout);
    expect(first).toMatchObject({ type: "statement", index: 0 });
  });
});

describe("policy lint", { timeout: 30_000 }, () => {
  it("is content with what the set-up made", async () => {
    const { code, stdout } = await live.run(["policy", "lint", "--json"]);
    const found = records(stdout).filter(({ type }) => type === "policy-finding");
    expect(found.filter(({ kind }) => kind === "ERROR")).toEqual([]);
    expect(code).toBe(0);
  });

  it("says line and column of what S3 would refuse, and the audit's checks", async () => {
    const open = {
      Sid: "Open",
      Effect: "Allow",
      Principal: "*",
      Action: ["s3:GetObject", "s3:ListBucket"],
      Resource: `arn:aws:s3:::${live.bucket}/*`,
    };
    const path = await file("open.json", policyOf(tls(), open));
    const { code, stdout } = await live.run(["policy", "lint", path]);
    expect(code).toBe(checkFailed);
    expect(stdout).toMatch(/^open\.json:25:9: ERROR REFUSED_BY_S3: .*s3:ListBucket$/m);
    expect(stdout).toMatch(/^open\.json:\d+:\d+: SECURITY_WARNING POL-5: .*public/m);
  });

  it.each([
    ["no JSON", '{\n  "Version": ,\n}', /:2:14: ERROR JSON_SYNTAX_ERROR/],
    ["an unknown action", policyOf({ Effect: "Allow", Action: "s3:Fly" }), /INVALID_ACTION/],
    ["no statement", { Version: "2012-10-17" }, /MISSING_STATEMENT/],
  ])("%s", async (_title, content, words) => {
    const path = await file("bad.json", content);
    const { code, stdout } = await live.run(["policy", "lint", path]);
    expect(stdout).toMatch(words);
    expect(code).toBe(checkFailed);
  });

  it("says what cannot be read", async () => {
    const { code, stderr } = await live.run(["policy", "lint", "nowhere.json"]);
    expect(code).toBe(usage);
    expect(stderr).toContain("nowhere.json cannot be read: there is no such file (ENOENT)");
  });
});

describe("policy diff", { timeout: 30_000 }, () => {
  it("finds no difference in another spelling, and ends with 8 for one that is", async () => {
    const one = await file("one.json", policyOf(tls()));
    const spelt = { ...tls(), Principal: { AWS: ["*"] }, Resource: tls().Resource.toReversed() };
    const same = await file("same.json", policyOf(spelt));
    expect((await live.run(["policy", "diff", one, same])).code).toBe(0);
    const other = await file(
      "other.json",
      policyOf({ ...tls(), Action: ["s3:*", "s3:GetObject"] }),
    );
    const { code, stdout } = await live.run(["policy", "diff", one, other]);
    expect(code).toBe(checkFailed);
    expect(stdout).toContain("+ Action: s3:GetObject");
  });

  it("a file against its bucket", async () => {
    const shown = await live.run(["policy", "show", "--json"]);
    const documents = records(shown.stdout).map(({ document }) => document);
    const path = await file("mine.json", policyOf(...documents));
    expect((await live.run(["policy", "diff", path])).code).toBe(0);
    const more = await file("more.json", policyOf(...documents, { ...tls(), Sid: "More" }));
    const { code, stdout } = await live.run(["policy", "diff", more]);
    expect(code).toBe(checkFailed);
    expect(stdout).toMatch(/^\+ More: /m);
  });
});
