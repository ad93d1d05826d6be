import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientEnvironment } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";
import { outputOf, runCommand, type CommandResult } from "./run-command.ts";

describe("s3cmd", () => {
  let server: OwnServer;
  const bucket = "s3cmd-bucket";
  const scratch = (name: string) => join(server.scratch, name);

  beforeAll(async () => {
    server = await OwnServer.start();
    const { accessKeyId, secretAccessKey } = server.identities.admin;
    const settings = [
      "[default]",
      `access_key = ${accessKeyId}`,
      `secret_key = ${secretAccessKey}`,
      `host_base = 127.0.0.1:${server.port}`,
      `host_bucket = 127.0.0.1:${server.port}`,
      "use_https = False",
      "progress_meter = False",
      "max_retries = 1",
    ];
    await writeFile(scratch(".s3cfg"), `${settings.join("\n")}\n`);
    await s3cmd("mb", `s3://${bucket}`);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const environment = () => {
    // s3cmd prefers keys from the environment to those of its file.
    const { PATH = "", HOME = "", LANG = "" } = clientEnvironment(server);
    return { PATH, HOME, LANG };
  };
  const run = (...args: string[]): Promise<CommandResult> =>
    runCommand("s3cmd", args, { env: environment(), cwd: server.scratch });
  const s3cmd = (...args: string[]): Promise<string> =>
    outputOf("s3cmd", args, { env: environment(), cwd: server.scratch });

  it("puts, gets, lists and deletes, with metadata", async () => {
    await writeFile(scratch("file.txt"), "by s3cmd\n");
    await s3cmd("put", "--add-header=x-amz-meta-run:7", "file.txt", `s3://${bucket}/dir/file.txt`);
    const info = await s3cmd("info", `s3://${bucket}/dir/file.txt`);
    expect(info).toMatch(/File size: +9\n/);
    expect(info).toMatch(/MIME type: +text\/plain\n/);
    expect(info).toMatch(/x-amz-meta-run: +7\n/);
    await s3cmd("get", "--force", `s3://${bucket}/dir/file.txt`, "back.txt");
    expect(await readFile(scratch("back.txt"), "utf8")).toBe("by s3cmd\n");
    expect(await s3cmd("ls", `s3://${bucket}`)).toMatch(/DIR +s3:\/\/s3cmd-bucket\/dir\/\n/);
    expect(await s3cmd("la")).toContain(`s3://${bucket}/dir/`);
    expect(await s3cmd("du", `s3://${bucket}`)).toMatch(/^ *9 +1 objects/);
    await s3cmd("del", `s3://${bucket}/dir/file.txt`);
    const missing = await run("get", "--force", `s3://${bucket}/dir/file.txt`, "back.txt");
    expect(missing.exitCode).toBe(64);
    expect(missing.stderr).toContain("does not exist");
  });

  it("carries 64 MiB in parts", async () => {
    await outputOf("/bin/sh", ["-c", `head -c 67108864 /dev/urandom > '${scratch("large")}'`]);
    await s3cmd("put", "--multipart-chunk-size-mb=15", "large", `s3://${bucket}/large`);
    await s3cmd("get", "--force", `s3://${bucket}/large`, "large.back");
    await outputOf("/usr/bin/cmp", [scratch("large"), scratch("large.back")]);
    expect(await s3cmd("info", `s3://${bucket}/large`)).toMatch(/MD5 sum: +\S+/);
    expect(await s3cmd("multipart", `s3://${bucket}`)).not.toContain("s3://s3cmd-bucket/large");
  });

  it("copies and moves on the server", async () => {
    await s3cmd("cp", `s3://${bucket}/large`, `s3://${bucket}/copy`);
    await s3cmd("mv", `s3://${bucket}/copy`, `s3://${bucket}/moved`);
    const listed = await s3cmd("ls", "--recursive", `s3://${bucket}`);
    expect(listed).toContain(`s3://${bucket}/moved\n`);
    expect(listed).not.toContain(`s3://${bucket}/copy\n`);
  });

  it.each([
    "a//b",
    "../x",
    "a/../b",
    "space and+plus",
    "per%cent %2e",
    "eq=ual&amp",
    "question?mark#hash",
    "ünïcödé/日本語/😀",
    "quotes'\"",
  ])("keeps the key %s", async (key) => {
    await writeFile(scratch("odd"), key);
    await s3cmd("put", "odd", `s3://${bucket}/odd/${key}`);
    expect(await s3cmd("get", "--force", `s3://${bucket}/odd/${key}`, "-")).toBe(key);
    const listed = await s3cmd("ls", "--recursive", `s3://${bucket}/odd/`);
    expect(listed).toContain(`s3://${bucket}/odd/${key}\n`);
    await s3cmd("del", `s3://${bucket}/odd/${key}`);
    expect(await s3cmd("ls", "--recursive", `s3://${bucket}/odd/`)).toBe("");
  });

  it("syncs a folder and deletes a prefix in a batch", async () => {
    await outputOf(
      "/bin/sh",
      ["-c", "mkdir -p tree/deep && echo 1 > tree/a && echo 2 > tree/deep/b"],
      {
        cwd: server.scratch,
        env: environment(),
      },
    );
    await s3cmd("sync", "tree/", `s3://${bucket}/tree/`);
    expect(await s3cmd("sync", "tree/", `s3://${bucket}/tree/`)).toBe("");
    await s3cmd("del", "--recursive", "--force", `s3://${bucket}/tree/`);
    expect(await s3cmd("ls", "--recursive", `s3://${bucket}/tree/`)).toBe("");
  });

  it("writes and reads a policy and a lifecycle rule", async () => {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: `arn:aws:s3:::${bucket}/tls-only/*`,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    };
    await writeFile(scratch("policy.json"), JSON.stringify(policy));
    await s3cmd("setpolicy", "policy.json", `s3://${bucket}`);
    expect(await s3cmd("info", `s3://${bucket}`)).toContain('"TlsOnly"');
    const denied = await run("put", "file.txt", `s3://${bucket}/tls-only/x`);
    expect(denied.exitCode).toBe(77);
    expect(denied.stderr).toContain("AccessDenied");
    await s3cmd("delpolicy", `s3://${bucket}`);
    await s3cmd("expire", "--expiry-days=7", "--expiry-prefix=test/", `s3://${bucket}`);
    expect(await s3cmd("getlifecycle", `s3://${bucket}`)).toContain("<Days>7</Days>");
  });

  it("shows the server's errors", async () => {
    const wrong = await run("ls", "--secret_key=wrong-secret-key", `s3://${bucket}`);
    expect(wrong.stderr).toContain("403 (SignatureDoesNotMatch)");
    expect((await run("ls", "s3://no-such-bucket-here")).stderr).toContain("does not exist");
    expect((await run("rb", `s3://${bucket}`)).stderr).toContain("not empty");
  });
});
