import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passed, runPython } from "./foreign-clients.ts";
import { controlKeys, oddKeys } from "./odd-keys.ts";
import { OwnServer } from "./own-server.ts";
import { outputOf, runCommand } from "./run-command.ts";
import { accountId } from "./test-identities.ts";

const curl = (...args: string[]) => outputOf("/usr/bin/curl", ["--silent", ...args]);

describe("boto3", () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start({ flags: ["--allow-sigv2-links"] });
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const objects = (name: string, parameters?: unknown) =>
    runPython(server, "boto3_object_cases.py", name, parameters);
  const buckets = (name: string, parameters?: unknown) =>
    runPython(server, "boto3_bucket_cases.py", name, parameters);

  it.each([
    ["puts, gets, heads and deletes, with metadata and checksums", "round_trip"],
    ["stores an object of no bytes", "empty_object"],
    ["carries 64 MiB in parts", "large_file"],
    ["drives a multipart upload by hand, mistakes included", "multipart_by_hand"],
    ["copies objects and parts", "copy"],
    ["reads ranges", "ranges"],
    ["writes and reads under conditions, also in a race", "conditions"],
    ["sends every checksum algorithm", "checksums"],
  ])("%s", async (_, name) => {
    expect(await objects(name)).toMatchObject(passed);
  });

  it.each([
    ["lists with prefixes, delimiters and pages, both versions", "listing"],
    ["walks through versions and delete markers", "versions"],
    ["reads and writes a bucket's settings", "settings"],
    ["tags objects", "object_tags"],
  ])("%s", async (_, name) => {
    expect(await buckets(name)).toMatchObject(passed);
  });

  it.each([
    ["makes users with keys and policies, who may then do so much and no more", "user_with_policy"],
    ["pages through users", "pages"],
    ["makes roles and policies with versions, and simulates them", "roles_and_policies"],
  ])("%s", async (_, name) => {
    expect(await runPython(server, "boto3_iam_cases.py", name)).toMatchObject(passed);
  });

  it("keeps odd keys exactly", async () => {
    expect(await objects("odd_keys", { xmlKeys: oddKeys, controlKeys })).toMatchObject(passed);
  });

  it("learns who it is", async () => {
    const wanted = { arn: `arn:aws:iam::${accountId}:user/admin`, account: accountId };
    expect(await buckets("identity", wanted)).toMatchObject(passed);
  });

  it("is kept out of other accounts' buckets", async () => {
    const parameters = { bucket: "not-for-strangers", ...server.identities.stranger };
    expect(await buckets("other_accounts", parameters)).toMatchObject(passed);
  });

  it("grants and denies by bucket policy", async () => {
    const arn = `arn:aws:iam::${accountId}:user/nobody`;
    const parameters = { arn, ...server.identities.nobody };
    expect(await buckets("policies", parameters)).toMatchObject(passed);
  });

  it("presigns URLs that curl reads and writes until they expire", async () => {
    const result = await objects("presigned_urls");
    expect(result).toMatchObject(passed);
    const [get = "", put = "", short = "", old = ""] = result.stdout.split("\n");
    expect(await curl("--fail", get)).toBe("read by url");
    const written = await runCommand(
      "/usr/bin/curl",
      ["--silent", "--fail", "--request", "PUT", "--data-binary", "written by url", put],
      {},
    );
    expect(written.exitCode).toBe(0);
    expect(await curl("--fail", get)).toBe("written by url");
    expect(await curl("--request", "PUT", "--data-binary", "x", get)).toContain(
      "<Code>SignatureDoesNotMatch</Code>",
    );
    // What boto3 makes without being told a version: a link of version 2.
    expect(old).toContain("&Signature=");
    expect(await curl("--fail", old)).toBe("written by url");
    expect(
      await curl(old.replace(/Expires=(\d+)/, (_, end: string) => `Expires=${Number(end) - 1}`)),
    ).toContain("<Code>SignatureDoesNotMatch</Code>");
    await sleep(2_000);
    const expired = await curl("--write-out", "%{http_code}", short);
    expect(expired).toContain("<Code>AccessDenied</Code><Message>Request has expired</Message>");
    expect(expired).toMatch(/403$/);
  });
});
