import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passed, pythonOfSmsApi, runPython } from "./foreign-clients.ts";
import { OwnServer, ownCommand } from "./own-server.ts";
import { rcloneEnvironment } from "./rclone-environment.ts";
import { outputOf, runCommand } from "./run-command.ts";

/** What came with a version; the later ones have it too. */
const knownSince = {
  metadata: ["6.3", "7.0", "7.0.1.1", "7.1.2", "latest"],
  tagging: ["7.0", "7.0.1.1", "7.1.2", "latest"],
  policies: ["7.0.1.1", "7.1.2", "latest"],
  tagsRead: ["7.1.2", "latest"],
  versioning: ["7.1.2", "latest"],
};
const versions = ["6.2", ...knownSince.metadata];

describe.each(versions)("a server that plays Qumulo %s", (version) => {
  let server: OwnServer;
  const scratch = (name: string) => join(server.scratch, name);

  beforeAll(async () => {
    server = await OwnServer.start({ flags: ["--personality", `qumulo@${version}`] });
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  it("SMS API's own flow, HEAD, DELETE, PUT by aioboto3, replaces files", async () => {
    const parameters = { bucket: "upstream" };
    const flow = await runPython(server, "sms_api_flow.py", "flow", parameters, pythonOfSmsApi);
    expect(flow).toMatchObject(passed);
  });

  it("boto3 finds what came with the version, and 501 for the rest", async () => {
    const knows = Object.fromEntries(
      Object.entries(knownSince).map(([what, since]) => [what, since.includes(version)]),
    );
    expect(await runPython(server, "qumulo_cases.py", "version", { knows })).toMatchObject(passed);
  });

  it("rclone carries a tree there and back, and away", async () => {
    const options = { env: rcloneEnvironment(server), cwd: server.scratch };
    const run = (...args: string[]) => outputOf("rclone", args, options);
    await mkdir(scratch("tree/runs/1"), { recursive: true });
    for (let n = 0; n < 5; n += 1) await writeFile(scratch(`tree/runs/1/f${n}`), `file ${n}`);
    await writeFile(scratch("tree/large"), Buffer.alloc(11 * 1024 * 1024, "block"));
    await run("mkdir", "own:rclone");
    await run("copy", "--s3-chunk-size=5M", "--s3-upload-cutoff=10M", "tree", "own:rclone/tree");
    await run("check", "--download", "tree", "own:rclone/tree");
    await run("delete", "own:rclone/tree");
    expect(await run("lsf", "-R", "--files-only", "own:rclone")).toBe("");
  });

  it("our own command writes, replaces, lists, reads and deletes", async () => {
    const { accessKeyId, secretAccessKey } = server.identities.admin;
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: server.scratch,
      STORAGE_BACKEND: "qumulo",
      STORAGE_QUMULO_ENDPOINT_URL: server.endpoint,
      STORAGE_QUMULO_BUCKET: "own",
      STORAGE_QUMULO_ACCESS_KEY_ID: accessKeyId,
      STORAGE_QUMULO_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const run = (...args: string[]) =>
      outputOf(process.execPath, [...ownCommand, ...args], { env, cwd: server.scratch });
    await run("mb", "s3://own");
    for (const text of ["one", "two"]) {
      await writeFile(scratch("file"), text);
      await run("cp", "file", "s3://own/runs/1/summary.json");
    }
    expect(await run("cat", "runs/1/summary.json")).toBe("two");
    const large = Buffer.alloc(17 * 1024 * 1024, "block");
    await writeFile(scratch("large"), large);
    for (let n = 0; n < 2; n += 1) await run("cp", "large", "s3://own/runs/1/large");
    await run("cp", "s3://own/runs/1/large", "large.back");
    expect(large.equals(await readFile(scratch("large.back")))).toBe(true);
    expect(await run("ls", "-r", "s3://own/")).toMatch(
      /runs\/1\/large[^]*summary\.json|summary\.json[^]*large/,
    );
    await run("rm", "-r", "s3://own/runs/", "--yes");
    const gone = await runCommand(process.execPath, [...ownCommand, "exists", "runs/1/large"], {
      env,
      cwd: server.scratch,
    });
    expect(gone.exitCode).toBe(3);
  });
});
