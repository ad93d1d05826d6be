import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type S3ClientConfig,
  DeleteObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { account, allow, bucket, everyone, patientOf, policy, worldOf } from "./lab.ts";
import { runHere, wordsOf } from "./run-here.ts";

// What other tools are refused, and the doctor itself never asks for: they fail for real, the doctor is
// given their words, and the remedy as it is printed lets them go through.

let server: TestServer;
let folder: string;
const clients: S3Client[] = [];

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.reset();
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Another tool, with the keys of the administrator of the bucket's account. */
function tool(more: S3ClientConfig = {}): S3Client {
  const { endpoint, region } = server;
  const credentials = server.credentialsOf(account, "boss");
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    ...more,
  });
  clients.push(client);
  return client;
}

/** What it is refused with, in the words of AWS's tools. */
async function refusalOf(operation: string, work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const { name, message, $metadata } = error;
    // The AWS CLI and boto3 name the status where there is no code.
    const code = name === "NotFound" ? String($metadata.httpStatusCode) : name;
    return `An error occurred (${code}) when calling the ${operation} operation: ${message}`;
  }
  throw new Error(`${operation} was not refused.`);
}

const place = () => ({ environment: patientOf(server, "boss").environment, cwd: folder });

const run = (line: string) => runHere(wordsOf(line), place());

/** The finding that `doctor --error` names. */
async function findingOf(text: string): Promise<{
  readonly id: string;
  readonly remedy: { readonly text: string; readonly commands?: readonly string[] };
}> {
  const { code, stdout } = await runHere(["doctor", "--error", text, "--json"], place());
  expect(code).toBe(8);
  return JSON.parse(stdout);
}

/** What a whole run names first. */
async function firstFound(): Promise<unknown> {
  const { stdout } = await runHere(["doctor", "--json"], place());
  const found = stdout.split("\n").find((line) => line.includes('"type":"finding"'));
  return JSON.parse(found ?? "{}");
}

/** The set-up that a remedy prints, without the questions; a text that names no bucket leaves its place open. */
async function setUpAs(commands: readonly string[] = []): Promise<string> {
  const line = commands.find((each) => each.startsWith("sms-storage setup")) ?? "";
  const whole = line.replace("ACCOUNT", account).replace(/\bBUCKET\b/, bucket);
  const { code, stderr } = await run(`${whole} --yes --no-env`);
  return `${code} ${stderr}`;
}

const put = (more: object = {}) =>
  new PutObjectCommand({ Bucket: bucket, Key: "a.txt", Body: "x", ...more });

test("D17: an upload with a key of its own where the bucket blocks SSE-C; cured by leaving the key out", async () => {
  const s3 = tool();
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
            BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
          },
        ],
      },
    }),
  );
  const own = { SSECustomerAlgorithm: "AES256", SSECustomerKey: "k".repeat(32) };
  // The SDK sends such keys by TLS alone, and any store refuses them without; the header does it here.
  const command = put();
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["x-amz-server-side-encryption-customer-algorithm"] = own.SSECustomerAlgorithm;
      return next(args);
    },
    { step: "build" },
  );
  const text = await refusalOf("PutObject", s3.send(command));
  expect(await findingOf(text)).toMatchObject({ id: "D17" });
  await s3.send(put());
});

test("D18: a public policy under BlockPublicPolicy; cured by naming who is meant", async () => {
  const s3 = tool();
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket: bucket,
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true },
    }),
  );
  const open = JSON.stringify(policy({ ...allow("s3:GetObject"), ...everyone }));
  const text = await refusalOf(
    "PutBucketPolicy",
    s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: open })),
  );
  const { id, remedy } = await findingOf(text);
  expect(id).toBe("D18");
  const [lint = ""] = remedy.commands ?? [];
  const file = join(folder, "POLICY.json");
  await writeFile(file, open);
  expect((await run(lint.replace("POLICY.json", file))).stdout).toMatch(/public/i);
  const Principal = { AWS: `arn:aws:iam::${account}:user/ada` };
  const named = JSON.stringify(policy({ ...allow("s3:GetObject"), Principal }));
  await writeFile(file, named);
  expect((await run(lint.replace("POLICY.json", file))).code).toBe(0);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: named }));
});

test("D19: an ACL where the bucket takes none; cured by leaving it out", async () => {
  const s3 = tool();
  const text = await refusalOf("PutObject", s3.send(put({ ACL: "public-read" })));
  expect(await findingOf(text)).toMatchObject({ id: "D19" });
  await s3.send(put());
});

test("D24 (as AWS answers): a version under Object Lock; cured by the end of its time", async () => {
  const s3 = tool();
  await s3.send(put());
  const message = "Access Denied because object protected by object lock.";
  server.faults.set([{ fault: "refusal", operations: ["DeleteObject"], message }]);
  const gone = () => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a.txt" }));
  expect(await findingOf(await refusalOf("DeleteObject", gone()))).toMatchObject({ id: "D24" });
  server.faults.set([]);
  await gone();
});

test("D26: a HEAD of a key that is not there; cured by the listing that shows what is", async () => {
  const s3 = tool();
  await s3.send(put({ Key: "b.txt" }));
  const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
  const { id, remedy } = await findingOf(await refusalOf("HeadObject", head("a.txt")));
  expect(id).toBe("D26");
  const [doctor = "", list = ""] = remedy.commands ?? [];
  expect((await run(doctor.replace(/\bBUCKET\b/, bucket))).code).toBe(0);
  expect((await run(list.replace(/\bBUCKET\b/, bucket))).stdout).toMatch(/b\.txt/);
  await head("b.txt");
});

test("D27: a name that another account has; cured by one that nobody else can have", async () => {
  const world = worldOf({}) as { readonly accounts: Readonly<Record<string, object>> };
  const theirs = { ...world.accounts["444455556666"], buckets: { "lab-results": {} } };
  await server.takeWorld({ ...world, accounts: { ...world.accounts, "444455556666": theirs } });
  const create = tool().send(new CreateBucketCommand({ Bucket: "lab-results" }));
  const { id, remedy } = await findingOf(await refusalOf("CreateBucket", create));
  expect(id).toBe("D27");
  expect(await setUpAs(remedy.commands)).toMatch(/^0 /);
});

test("D28: a bucket that is there already; cured by a set-up that takes it over", async () => {
  const region = "eu-west-1";
  const s3 = tool({ region });
  const create = () =>
    s3.send(
      new CreateBucketCommand({
        Bucket: "lab-again",
        CreateBucketConfiguration: { LocationConstraint: region },
      }),
    );
  await create();
  const { id, remedy } = await findingOf(await refusalOf("CreateBucket", create()));
  expect(id).toBe("D28");
  const [line = ""] = remedy.commands ?? [];
  const named = line.replace(/\bBUCKET\b/, "lab-again");
  expect(await setUpAs([`${named} --region ${region}`])).toMatch(/^0 /);
});

test("D29: a setting that is changed while another change is under way; cured by one after the other", async () => {
  server.faults.set([
    { fault: "operation-aborted", operations: ["PutBucketVersioning"], count: 1 },
  ]);
  const enable = new PutBucketVersioningCommand({
    Bucket: bucket,
    VersioningConfiguration: { Status: "Enabled" },
  });
  const { id, remedy } = await findingOf(
    await refusalOf("PutBucketVersioning", tool().send(enable)),
  );
  expect(id).toBe("D29");
  expect(await setUpAs(remedy.commands)).toMatch(/^0 /);
});

test("D30 (as AWS answers): an account with as many buckets as it may have; cured by room", async () => {
  server.faults.set([{ fault: "refusal", operations: ["CreateBucket"], code: "TooManyBuckets" }]);
  const s3 = tool();
  const { id, remedy } = await findingOf(
    await refusalOf("CreateBucket", s3.send(new CreateBucketCommand({ Bucket: "lab-more" }))),
  );
  expect(id).toBe("D30");
  expect((await run(remedy.commands?.[0] ?? "")).stdout).toContain(bucket);
  server.faults.set([]);
  await s3.send(new CreateBucketCommand({ Bucket: "lab-more" }));
});

test("D32: a LocationConstraint of us-east-1; cured by the set-up, which leaves it out", async () => {
  const create = tool().send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: "us-east-1" as "us-east-2" },
    }),
  );
  const { id, remedy } = await findingOf(await refusalOf("CreateBucket", create));
  expect(id).toBe("D32");
  expect(await setUpAs(remedy.commands)).toMatch(/^0 /);
});

test("D33: a bucket meant for one region and asked for at another; cured by one region", async () => {
  const create = tool({ region: "eu-west-1" }).send(
    new CreateBucketCommand({
      Bucket: "lab-here",
      CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
    }),
  );
  const { id, remedy } = await findingOf(await refusalOf("CreateBucket", create));
  expect(id).toBe("D33");
  const line = (remedy.commands?.[0] ?? "").replace(/\bBUCKET\b/, "lab-here");
  expect(await setUpAs([line.replace("BUCKET_REGION", "us-west-2")])).toMatch(/^0 /);
});

test("D36 (as AWS answers): a bucket whose name has not spread; cured by its region's endpoint, later", async () => {
  server.faults.set([{ fault: "refusal", code: "TemporaryRedirect" }]);
  expect(await firstFound()).toMatchObject({ id: "D36" });
  server.faults.set([]);
  expect((await runHere(["doctor", "--json"], place())).code).toBe(0);
});

test("D55: a policy that pairs the bucket's action with objects; cured by what lint says", async () => {
  const s3 = tool();
  const Principal = { AWS: `arn:aws:iam::${account}:user/ada` };
  const of = (Resource: string) =>
    JSON.stringify(policy({ ...allow("s3:ListBucket", Resource), Principal }));
  const send = (Policy: string) => s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  const wrong = of(`arn:aws:s3:::${bucket}/*`);
  const { id, remedy } = await findingOf(await refusalOf("PutBucketPolicy", send(wrong)));
  expect(id).toBe("D55");
  const file = join(folder, "POLICY.json");
  const lint = remedy.commands?.[0]?.replace("POLICY.json", file) ?? "";
  await writeFile(file, wrong);
  expect((await run(lint)).code).toBe(8);
  await writeFile(file, of(`arn:aws:s3:::${bucket}`));
  expect((await run(lint)).code).toBe(0);
  await send(of(`arn:aws:s3:::${bucket}`));
});

test("D56: a lifecycle rule with what does not go together; cured by the set-up's rules", async () => {
  const s3 = tool();
  const rules = s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: "tests",
            Status: "Enabled",
            Filter: { Prefix: "test/" },
            Expiration: { Days: 7, ExpiredObjectDeleteMarker: true },
          },
        ],
      },
    }),
  );
  const { id, remedy } = await findingOf(await refusalOf("PutBucketLifecycleConfiguration", rules));
  expect(id).toBe("D56");
  expect(await setUpAs(remedy.commands)).toMatch(/^0 /);
  const { Rules = [] } = await s3.send(
    new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }),
  );
  expect(Rules.length).toBeGreaterThan(0);
});

test("D58 (as AWS answers): versioning that Object Lock keeps on; cured by leaving it on", async () => {
  server.faults.set([
    { fault: "refusal", operations: ["PutBucketVersioning"], code: "InvalidBucketState", count: 1 },
  ]);
  const suspend = new PutBucketVersioningCommand({
    Bucket: bucket,
    VersioningConfiguration: { Status: "Suspended" },
  });
  const { id, remedy } = await findingOf(
    await refusalOf("PutBucketVersioning", tool().send(suspend)),
  );
  expect(id).toBe("D58");
  expect(await setUpAs(remedy.commands)).toMatch(/^0 /);
});

test("D62 (as AWS answers): an account that is closed for S3; cured by settling that with AWS", async () => {
  server.faults.set([{ fault: "refusal", code: "AllAccessDisabled" }]);
  expect(await firstFound()).toMatchObject({ id: "D62" });
  server.faults.set([]);
  expect((await runHere(["doctor", "--json"], place())).code).toBe(0);
});
