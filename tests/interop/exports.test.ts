import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { batchCommands } from "../../src/transfer/reencrypt/batch-job.ts";
import { writeManifests } from "../../src/transfer/reencrypt/write-manifests.ts";
import {
  awsCliReleases,
  clientEnvironment,
  passed,
  runPython,
  withAwsInPath,
} from "./foreign-clients.ts";
import { ownCommand, OwnServer } from "./own-server.ts";
import { outputOf, runCommand } from "./run-command.ts";
import { accountId } from "./test-identities.ts";

// Each call of the AWS CLI takes a second or two, and a script makes some twenty.
vi.setConfig({ testTimeout: 600_000 });

const bucket = "exported-bucket";
const hostileId = "';touch pwned;'$(touch pwned)`touch pwned`";
const hostilePrefix = "x'\"; $(touch pwned) ${aws.x} %{if true} \\n ü😀\n- a: b";

let server: OwnServer;
let s3: S3Client;
let env: Record<string, string>;

beforeAll(async () => {
  server = await OwnServer.start();
  const { accessKeyId, secretAccessKey } = server.identities.admin;
  s3 = new S3Client({
    endpoint: server.endpoint,
    region: server.region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  env = {
    PATH: process.env["PATH"] ?? "",
    HOME: server.scratch,
    STORAGE_S3_REGION: server.region,
    STORAGE_S3_ENDPOINT_URL: server.endpoint,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
});
afterAll(async () => {
  s3?.destroy();
  await server?.[Symbol.asyncDispose]();
});

const run = (...args: string[]) =>
  outputOf(process.execPath, [...ownCommand, ...args], { env, cwd: server.scratch });

async function exportAll(name: string, toBucket = bucket): Promise<string> {
  const folder = join(server.scratch, name);
  for (const format of ["script", "terraform", "cloudformation", "policies"]) {
    // A user to whom its own policies allow nothing, so that the bucket's has to.
    const needy = `arn:aws:iam::${accountId}:user/nobody`;
    const wish = ["--bucket", toBucket, "--principal", needy];
    await run("export", "--format", format, ...wish, "--out", folder);
  }
  return folder;
}

describe("a script", () => {
  for (const cli of awsCliReleases) {
    it(`makes with ${cli.name} the bucket that was planned, and changes nothing again`, async () => {
      const own = `by-${cli.name.toLowerCase().replaceAll(" ", "-")}`;
      const folder = await exportAll(own, own);
      const path = await withAwsInPath(cli, server, clientEnvironment(server));
      const options = { env: path, cwd: server.scratch };
      const script = join(folder, "set-up.sh");
      const first = await outputOf("/usr/bin/bash", [script], options);
      expect(first).toContain("Bucket: made in us-east-1");
      expect(first).toContain("Versioning: is now: Enabled");
      expect(await run("plan", "--bucket", own, "--no-env")).toContain("No changes");
      const before = await Promise.all([
        s3.send(new GetBucketPolicyCommand({ Bucket: own })).then(({ Policy }) => Policy),
        s3
          .send(new GetBucketLifecycleConfigurationCommand({ Bucket: own }))
          .then(({ Rules }) => Rules),
      ]);
      const again = await outputOf("/usr/bin/bash", [script], options);
      expect(again).not.toMatch(/ was: |made in/);
      expect(before[0]).toContain("SmsStorageObjects");
      expect(before[1]).toHaveLength(2);
    });
  }

  it("ends at keys of another account, and where it may not look", async () => {
    const folder = await exportAll("refused", "refused-bucket");
    const text = await readFile(join(folder, "set-up.sh"), "utf8");
    const [cli] = awsCliReleases;
    if (cli === undefined) throw new Error("no CLI");
    const path = await withAwsInPath(cli, server, clientEnvironment(server));
    const other = text.replace(/^owner='\d+'$/m, "owner='999999999999'");
    const refused = await runCommand("/usr/bin/bash", ["-c", other], { env: path });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("not of 999999999999");
    const strangers = { ...path, AWS_SECRET_ACCESS_KEY: "wrong" };
    const denied = await runCommand("/usr/bin/bash", ["-c", text], { env: strangers });
    expect(denied.exitCode).not.toBe(0);
    expect(denied.stdout).toBe("");
  });
});

describe("with names that are made to break out", () => {
  let folder: string;
  beforeAll(async () => {
    await run("setup", "--bucket", bucket, "--yes", "--no-env");
    const { Rules = [] } = await s3.send(
      new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }),
    );
    const hostile = {
      ID: hostileId,
      Status: "Disabled" as const,
      Filter: { Prefix: hostilePrefix },
      Expiration: { Days: 9 },
    };
    const LifecycleConfiguration = { Rules: [hostile, ...Rules] };
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration }),
    );
    folder = await exportAll("hostile");
  });
  const rules = [
    [hostileId, hostilePrefix],
    ["sms-storage-test-files", "test/"],
    ["sms-storage-clean-up", ""],
  ];

  it("a script does what it says, and nothing else", async () => {
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket,
        LifecycleConfiguration: {
          Rules: [
            { ID: "one", Status: "Enabled", Filter: { Prefix: "a" }, Expiration: { Days: 1 } },
          ],
        },
      }),
    );
    for (const cli of awsCliReleases) {
      const path = await withAwsInPath(cli, server, clientEnvironment(server));
      const script = join(folder, "set-up.sh");
      await outputOf("/usr/bin/bash", [script], { env: path, cwd: server.scratch });
    }
    const { Rules = [] } = await s3.send(
      new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }),
    );
    expect(Rules.map(({ ID, Filter }) => [ID, Filter?.Prefix])).toEqual(rules);
    expect(await readdir(server.scratch)).not.toContain("pwned");
  });

  it("Terraform's language has them as values", async () => {
    const resources = [
      "aws_s3_bucket",
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_ownership_controls",
      "aws_s3_bucket_policy",
      "aws_s3_bucket_public_access_block",
      "aws_s3_bucket_server_side_encryption_configuration",
      "aws_s3_bucket_versioning",
    ];
    const parameters = { folder, resources, rules, bucket };
    expect(await runPython(server, "export_cases.py", "terraform", parameters)).toMatchObject(
      passed,
    );
  });

  it("CloudFormation's linter finds nothing, and the template has them as values", async () => {
    const parameters = { folder, rules, bucket };
    expect(await runPython(server, "export_cases.py", "cloudformation", parameters)).toMatchObject(
      passed,
    );
  });

  it("documents are JSON that the CLI takes", async () => {
    const inline = await readFile(join(folder, "permission-set-inline-policy.json"), "utf8");
    expect(JSON.parse(inline)).toMatchObject({ Version: "2012-10-17" });
    const [cli] = awsCliReleases;
    if (cli === undefined) throw new Error("no CLI");
    const path = await withAwsInPath(cli, server, clientEnvironment(server));
    const file = `file://${join(folder, "lifecycle.json")}`;
    const put = ["s3api", "put-bucket-lifecycle-configuration", "--bucket", bucket];
    await outputOf(
      cli.executable,
      [...put, "--endpoint-url", server.endpoint, "--lifecycle-configuration", file],
      { env: path },
    );
    expect(await run("plan", "--bucket", bucket, "--no-env")).toContain("No changes");
  });
});

async function* candidates() {
  yield { key: "a b", sizeBytes: 1, storageClass: "STANDARD" };
}

it("S3 Batch Operations' jobs and roles are what the CLI takes, too", async () => {
  const place = {
    accountId: "123456789012",
    partition: "aws",
    region: "us-east-1",
    bucket,
    folder: "jobs/1/",
    roleName: "re-encrypt",
    kmsKeys: [],
    scannedAt: new Date("2026-11-27T00:00:00Z"),
  };
  const folder = join(server.scratch, "job");
  const { manifests, commands } = await writeManifests(candidates(), place, folder);
  expect(commands).toEqual(batchCommands(place, manifests));
  for (const cli of awsCliReleases) {
    const path = await withAwsInPath(cli, server, clientEnvironment(server));
    const options = { env: path, cwd: folder };
    const shown: string[] = [];
    for (const command of commands) {
      // A job is judged as for a call, which is not made: only AWS has S3 Batch Operations.
      const isJob = command.startsWith("aws s3control ");
      const roleOfOwn = `re-encrypt-${cli.name.at(-1)}`;
      const line = command.replace("--role-name re-encrypt", `--role-name ${roleOfOwn}`);
      const words = isJob ? `${line} --generate-cli-skeleton output` : line;
      shown.push(await outputOf("/usr/bin/bash", ["-c", words], options));
    }
    expect(shown).toEqual([
      expect.stringContaining("RoleId"),
      "",
      expect.stringContaining(manifests[0]?.etag ?? "no manifest"),
      expect.stringContaining("JobId"),
      expect.stringContaining("JobId"),
    ]);
  }
});
