import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// Why access is allowed or denied, asked by a process.

let live: LiveServer;

beforeAll(async () => {
  live = await startLiveServer();
});

afterAll(() => live.stop());

const usage = 2;
const denied = 5;
const notKnown = 11;

describe("explain --denied", () => {
  const message =
    "An error occurred (AccessDenied) when calling the PutObject operation: User: " +
    "arn:aws:iam::123456789012:user/ada is not authorized to perform: s3:PutObject on resource: " +
    '"arn:aws:s3:::data/a" because no identity-based policy allows the s3:PutObject action';

  it("says layer, action, resource, who can mend it and how", async () => {
    const { code, stdout } = await live.run(["explain", "--denied", message]);
    expect(code).toBe(0);
    expect(stdout).toContain("No identity-based policy allows s3:PutObject");
    expect(stdout).toContain("resource: arn:aws:s3:::data/a");
    expect(stdout).toMatch(/next: .*the user ada.*\(for an administrator of the account\)/);
    expect(stdout).toContain(
      '{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::data/a"}',
    );
  });

  it("as data, from standard input", async () => {
    const { code, stdout } = await live.run(["explain", "--denied", "-", "--json"], {
      input: message,
    });
    expect(code).toBe(0);
    const [record] = records(stdout);
    expect(record).toMatchObject({
      type: "denial",
      cause: "no-allow",
      layer: "identity",
      action: "s3:PutObject",
      resource: "arn:aws:s3:::data/a",
    });
  });

  it("what is no denial is said to be none", async () => {
    const { code, stderr } = await live.run(["explain", "--denied", "NoSuchKey"]);
    expect(code).toBe(usage);
    expect(stderr).toContain("no text of AccessDenied");
  });
});

// Each run loads several clients of the SDK.
describe("explain", { timeout: 60_000 }, () => {
  it("ends with 0 for what the caller may", async () => {
    const { code, stdout } = await live.run(
      ["explain", "--action", "PutObject", live.uri("a"), "--json"],
      { env: live.administrator },
    );
    expect(code).toBe(0);
    const [record] = records(stdout);
    expect(record).toMatchObject({ type: "access", outcome: "allowed", action: "s3:PutObject" });
  });

  it("ends with 5 for what a user may not, and says what would allow it", async () => {
    const { code, stdout } = await live.run(
      ["explain", "--as", "user/powerless", "--action", "s3:GetObject", live.uri("a")],
      { env: live.administrator },
    );
    expect(stdout).toContain("denied, for nothing allows it");
    expect(stdout).toContain("no identity-based policy allows it");
    expect(stdout).toMatch(/next: .*user powerless/);
    expect(code).toBe(denied);
  });

  it("ends with 11 where what may not be read decides", async () => {
    const { code, stdout } = await live.run(
      ["explain", "--action", "s3:GetObject", live.uri("a")],
      { env: live.powerless },
    );
    expect(stdout).toContain("not visible: the bucket's policy");
    expect(code).toBe(notKnown);
  });

  it("ends with 3 where there is no such bucket", async () => {
    const args = ["explain", "--action", "s3:GetObject", "s3://nobody-made-this-bucket/a"];
    const { code, stderr } = await live.run(args, { env: live.administrator });
    expect(stderr).toContain("There is no bucket nobody-made-this-bucket.");
    expect(code).toBe(3);
  });

  it.each(["no-such-role", "user/no-such-user"])("ends with 3 where there is no %s", async (as) => {
    const args = ["explain", "--as", as, "--action", "s3:GetObject", live.uri("a")];
    const { code, stdout, stderr } = await live.run(args, { env: live.administrator });
    expect(stderr).toMatch(/There is no (?:role|user) no-such-(?:role|user) in account \d{12}\./);
    expect(stderr).toMatch(/next: Correct the name given with --as \(aws iam list-/);
    expect([code, stdout]).toEqual([3, ""]);
  });

  it.each([
    [["--action", "s3:GetObjekt", "s3://b/a"], /Did you mean s3:GetObject\?/],
    [["--action", "s3:GetObject", "s3://b"], /names none/],
    [["s3://b/a"], /No action is named/],
    [
      ["--action", "s3:GetObject", "--session-policy", "none.json", "s3://b/a"],
      /none\.json cannot be read \(ENOENT\)/,
    ],
    [["--action", "s3:GetObject", "--context", "x", "s3://b/a"], /no condition key/],
    [["--action", "s3:GetObject", "--as", "arn:aws:iam::1:x", "s3://b/a"], /names nobody/],
  ])("says what is wrong with %j", async (args, words) => {
    const { code, stderr } = await live.run(["explain", ...args]);
    expect(code).toBe(usage);
    expect(stderr).toMatch(words);
  });
});
