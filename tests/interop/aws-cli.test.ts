import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsCliReleases, clientEnvironment, withAwsInPath } from "./foreign-clients.ts";
import { GuideSession } from "./guide-session.ts";
import { ownCommand, OwnServer } from "./own-server.ts";
import { outputOf, runCommand, type CommandResult } from "./run-command.ts";
import { accountId, ssoRoleName, ssoSessionName } from "./test-identities.ts";

/** The exit code of `aws s3 ls` where there is nothing. */
const nothingListed = 1;

const sessionArn = `arn:aws:sts::${accountId}:assumed-role/${ssoRoleName}/${ssoSessionName}`;

describe.each(awsCliReleases)("the set-up guide with $name, as its SSO session", (cli) => {
  let server: OwnServer;
  let guide: GuideSession;
  const { refusedByService, refusedLocally } = cli.exitCodes;

  beforeAll(async () => {
    server = await OwnServer.start();
    const env = clientEnvironment(server, server.identities.session);
    guide = await GuideSession.open(await withAwsInPath(cli, server, env), server.scratch);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  async function succeeds(name: string): Promise<string> {
    const { exitCode, stdout, stderr } = await guide.run(name);
    expect({ name, exitCode, stderr }).toEqual({ name, exitCode: 0, stderr: "" });
    return stdout;
  }
  async function json(name: string): Promise<unknown> {
    return JSON.parse(await succeeds(name));
  }
  async function fails(name: string): Promise<CommandResult> {
    const result = await guide.run(name);
    expect(result.exitCode).not.toBe(0);
    return result;
  }

  it("step 1 tells that the bucket is missing and who asks", async () => {
    const list = await fails("step 1: does the bucket exist");
    expect(list.exitCode).toBe(refusedByService);
    expect(list.stderr).toContain(
      "An error occurred (NoSuchBucket) when calling the ListObjectsV2",
    );
    const encryption = await fails("step 1: its encryption");
    expect(encryption.exitCode).toBe(refusedByService);
    expect(encryption.stderr).toContain("(NoSuchBucket) when calling the GetBucketEncryption");
    expect(await json("step 1: identity")).toEqual({
      UserId: `AROASSOSSOSSOSSOSSO1:${ssoSessionName}`,
      Account: accountId,
      Arn: sessionArn,
    });
  });

  it("step 2 refuses the guide's LocationConstraint and creates the bucket without it", async () => {
    await succeeds("step 2: variables");
    expect(await guide.variable("SSO_ROLE_ARN")).toBe(sessionArn);
    const wrong = await fails("step 2: wrong, LocationConstraint in us-east-1");
    expect(wrong.exitCode).toBe(refusedByService);
    expect(wrong.stderr).toContain(
      "An error occurred (InvalidLocationConstraint) when calling the CreateBucket operation: " +
        "The specified location-constraint is not valid",
    );
    const created = (await json("step 2: create the bucket")) as { Location: string };
    expect(created.Location).toBe(`/${await guide.variable("BUCKET_NAME")}`);
  });

  it("step 3 sets SSE-S3", async () => {
    expect(await succeeds("step 3: encryption")).toContain("✅");
    expect(await json("troubleshooting: KMS key in use")).toMatchObject({
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
            BucketKeyEnabled: false,
          },
        ],
      },
    });
  });

  it("step 4 enables versioning", async () => {
    expect(await succeeds("step 4: versioning")).toContain("✅");
    expect(await json("read back: versioning")).toMatchObject({ Status: "Enabled" });
  });

  it("step 5 stores the policy, which is not public", async () => {
    expect(await succeeds("step 5: bucket policy")).toContain("✅");
    const bucket = await guide.variable("BUCKET_NAME");
    expect(await json("troubleshooting: current policy")).toMatchObject({
      Statement: [
        {
          Sid: "AllowSSOUserFullAccess",
          Principal: { AWS: sessionArn },
          Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        },
      ],
    });
    expect(await json("read back: policy status")).toEqual({ PolicyStatus: { IsPublic: false } });
  });

  it("step 6 refuses the guide's Id and stores the rule with ID", async () => {
    const wrong = await fails("step 6: wrong, Id");
    expect(wrong.exitCode).toBe(refusedLocally);
    expect(wrong.stderr).toContain(
      'Unknown parameter in LifecycleConfiguration.Rules[0]: "Id", must be one of: Expiration, ID',
    );
    expect(await succeeds("step 6: lifecycle")).toContain("✅");
    expect(await json("read back: lifecycle")).toMatchObject({
      Rules: [
        {
          ID: "DeleteTestFilesAfter7Days",
          Status: "Enabled",
          Prefix: "test/",
          Expiration: { Days: 7 },
        },
      ],
    });
  });

  it("step 7 uploads, downloads and deletes, which leaves versions behind", async () => {
    expect(await succeeds("step 7: test access")).toContain("✅ All operations succeeded!");
    const versions = (await json("read back: versions")) as {
      Versions: { Key: string; Size: number; IsLatest: boolean; VersionId: string }[];
      DeleteMarkers: { Key: string; IsLatest: boolean }[];
    };
    expect(versions.Versions).toMatchObject([
      { Key: "test/upload-test.txt", Size: 13, IsLatest: false },
    ]);
    expect(versions.DeleteMarkers).toMatchObject([{ Key: "test/upload-test.txt", IsLatest: true }]);
  });

  it("step 8 names the bucket and its region, which is all that our command needs", async () => {
    await succeeds("step 8: environment");
    const bucket = await guide.variable("STORAGE_S3_BUCKET");
    const region = await guide.variable("STORAGE_S3_REGION");
    expect([bucket, region]).toEqual([
      expect.stringMatching(/^sms-api-storage-\d{8}$/),
      "us-east-1",
    ]);
    const env = {
      ...clientEnvironment(server, server.identities.session),
      STORAGE_S3_BUCKET: bucket,
      STORAGE_S3_REGION: region,
      STORAGE_S3_ENDPOINT_URL: server.endpoint,
    };
    const ours = (...args: string[]) =>
      outputOf(process.execPath, [...ownCommand, ...args], { env, cwd: server.scratch });
    await writeFile(join(server.scratch, "ours.txt"), "by our command\n");
    await ours("cp", "ours.txt", `s3://${bucket}/ours/file.txt`);
    expect(await ours("cat", "ours/file.txt")).toBe("by our command\n");
    await ours("rm", "ours/file.txt");
  });

  it("a fresh bucket blocks public access and has no ACLs", async () => {
    expect(await json("read back: public access block")).toEqual({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(await json("read back: ownership")).toEqual({
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
    });
  });

  it("the common operations do what they say", async () => {
    await succeeds("troubleshooting: another name");
    expect(await guide.variable("BUCKET_NAME")).toMatch(/^sms-api-storage-[0-9a-f]{8}$/);
    await succeeds("step 2: create the bucket");
    const local = join(server.scratch, "local-file.txt");
    await writeFile(local, "first\n");
    expect(await succeeds("common: upload")).toContain("upload: ./local-file.txt to s3://");
    expect(await succeeds("common: does it exist")).toContain("File exists");

    await writeFile(local, "second, with metadata\n");
    await succeeds("common: upload with metadata");
    expect(await json("common: metadata")).toMatchObject({
      ContentLength: 22,
      ContentType: "text/plain",
      ServerSideEncryption: "AES256",
      Metadata: { key1: "value1", key2: "value2" },
    });
    await writeFile(local, "spoilt");
    await succeeds("common: download");
    expect(await readFile(local, "utf8")).toBe("second, with metadata\n");
    expect(await json("read back: attributes")).toMatchObject({
      ObjectSize: 22,
      StorageClass: "STANDARD",
    });
  });

  it("the common operations on many files", async () => {
    const folder = join(server.scratch, "local-directory");
    await mkdir(join(folder, "deep"), { recursive: true });
    for (const name of ["one.txt", "deep/zwei mit Ümlaut.txt"]) {
      await writeFile(join(folder, name), name);
      // S3 knows whole seconds; a file of this very second would seem newer than its copy.
      await utimes(join(folder, name), 1_700_000_000, 1_700_000_000);
    }
    const synced = await succeeds("common: sync");
    expect(synced.match(/upload: /g)).toHaveLength(2);
    expect(await succeeds("common: sync")).toBe("");

    const listed = await succeeds("common: list");
    const listedKeys = [...listed.matchAll(/^\S+ \S+ +\d+ (.+)$/gm)].map((match) => match[1]);
    expect(listedKeys).toEqual([
      "path/to/file.txt",
      "remote-directory/deep/zwei mit Ümlaut.txt",
      "remote-directory/one.txt",
    ]);
    // Nothing under the prefix: the CLI's code is 1, and it says nothing.
    expect(await guide.run("common: list with prefix")).toEqual({
      exitCode: nothingListed,
      stdout: "",
      stderr: "",
    });
    expect(await succeeds("common: delete")).toContain("delete: s3://");
    expect(await succeeds("common: does it exist")).toContain("File does not exist");
    expect(await succeeds("common: delete all in prefix")).toBe("");
  });

  it("leaves no block of the guide out", () => {
    // Those of a session are run in sso.test.ts, with a portal.
    expect(guide.unused.filter((name) => !name.startsWith("session: "))).toEqual([]);
  });
});

describe.each(awsCliReleases)("$name beyond the guide", (cli) => {
  let server: OwnServer;
  let env: Record<string, string>;
  let bucket: string;

  beforeAll(async () => {
    server = await OwnServer.start();
    env = await withAwsInPath(cli, server, clientEnvironment(server));
    bucket = "beyond-the-guide";
    await aws("s3", "mb", `s3://${bucket}`);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  function run(...args: string[]): Promise<CommandResult> {
    return runCommand("/bin/sh", ["-c", 'exec aws "$@"', "aws", ...args], {
      env,
      cwd: server.scratch,
    });
  }
  async function aws(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run(...args);
    expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: "" });
    return stdout;
  }

  it("deletes a prefix of objects in one batch", async () => {
    const folder = join(server.scratch, "batch");
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < 20; i++) await writeFile(join(folder, `${i} & more.txt`), `${i}`);
    await aws("s3", "cp", "--recursive", "--no-progress", folder, `s3://${bucket}/test/`);
    const removed = await aws("s3", "rm", `s3://${bucket}/test/`, "--recursive");
    expect(removed.match(/delete: /g)).toHaveLength(20);
    expect((await run("s3", "ls", `s3://${bucket}/test/`)).exitCode).toBe(nothingListed);
  });

  it("carries 64 MiB up and down in parts", async () => {
    const path = join(server.scratch, "large.bin");
    await runCommand("/bin/sh", ["-c", `head -c 67108864 /dev/urandom > '${path}'`]);
    await aws("s3", "cp", "--no-progress", path, `s3://${bucket}/large.bin`);
    await aws("s3", "cp", "--no-progress", `s3://${bucket}/large.bin`, `${path}.back`);
    expect((await runCommand("/usr/bin/cmp", [path, `${path}.back`])).exitCode).toBe(0);
    const head = JSON.parse(
      await aws("s3api", "head-object", "--bucket", bucket, "--key", "large.bin"),
    );
    expect(head).toMatchObject({ ContentLength: 67_108_864 });
    expect(head.ETag).toMatch(/^"[0-9a-f]{32}-8"$/);
  });

  it("copies and moves on the server", async () => {
    await aws("s3", "cp", "--no-progress", `s3://${bucket}/large.bin`, `s3://${bucket}/copy of/it`);
    await aws("s3", "mv", "--no-progress", `s3://${bucket}/copy of/it`, `s3://${bucket}/moved`);
    expect(await aws("s3", "ls", `s3://${bucket}`)).toMatch(/ 67108864 moved\n/);
    expect((await run("s3", "ls", `s3://${bucket}/copy of/`)).exitCode).toBe(nothingListed);
  });

  it("pipes standard input and output", async () => {
    const pipe = `printf 'from a pipe' | aws s3 cp - s3://${bucket}/pipe && aws s3 cp s3://${bucket}/pipe -`;
    expect(await runCommand("/bin/bash", ["-c", pipe], { env })).toMatchObject({
      exitCode: 0,
      stdout: "from a pipe",
    });
  });

  it("presigns a URL that curl can read", async () => {
    // Without this, release 1 signs links with version 2, which AWS has retired.
    await aws("configure", "set", "default.s3.signature_version", "s3v4");
    const url = (await aws("s3", "presign", `s3://${bucket}/pipe`)).trim();
    expect(url).toContain("X-Amz-Signature=");
    const got = await runCommand("/usr/bin/curl", ["--silent", "--fail", url], { env });
    expect(got).toMatchObject({ exitCode: 0, stdout: "from a pipe" });
    const spoilt = await runCommand("/usr/bin/curl", ["--silent", `${url.slice(0, -1)}x`], { env });
    expect(spoilt.stdout).toContain("<Code>SignatureDoesNotMatch</Code>");
  });

  it("creates a bucket of another region and sees whose a name is", async () => {
    const create = ["s3api", "create-bucket", "--bucket"];
    const place = ["--create-bucket-configuration", "LocationConstraint=eu-central-1"];
    await aws(...create, "in-frankfurt", ...place);
    const location = await aws("s3api", "get-bucket-location", "--bucket", "in-frankfurt");
    expect(JSON.parse(location)).toEqual({ LocationConstraint: "eu-central-1" });
    expect((await run(...create, bucket)).exitCode).toBe(0);
    const theirs = await runCommand("/bin/sh", ["-c", `exec aws ${create.join(" ")} ${bucket}`], {
      env: { ...env, ...clientKeys(server.identities.stranger) },
    });
    expect(theirs.exitCode).toBe(cli.exitCodes.refusedByService);
    expect(theirs.stderr).toContain("(BucketAlreadyExists) when calling the CreateBucket");
  });

  it("removes a bucket with all it holds", async () => {
    expect((await run("s3", "rb", `s3://${bucket}`)).stderr).toContain("(BucketNotEmpty)");
    await aws("s3", "rb", "--force", `s3://${bucket}`);
    expect(await aws("s3", "ls")).not.toContain(bucket);
  });
});

function clientKeys(credentials: { accessKeyId: string; secretAccessKey: string }) {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}
