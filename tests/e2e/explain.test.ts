import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// Why access is allowed or denied, asked by a process.

let live: LiveServer;

beforeAll(async () => {
  live = await startLiveServer();
});

afterAll(() => live.stop());

const usage = 2;

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
