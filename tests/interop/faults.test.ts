import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { FaultRule } from "../../src/server/faults/fault-rule.ts";
import { clientEnvironment, runPython } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/** What a client made of an upload and a download, or of a change of a setting. */
type Outcome = Readonly<Record<string, string>>;

type Client = "aws" | "boto3" | "rclone";

interface Case {
  readonly rule: FaultRule;
  /** Default: it notices nothing. As docs/faults.md has it. */
  readonly seen: Readonly<Partial<Record<Client, Outcome>>>;
}

const put: FaultRule["operations"] = ["PutObject"];
const get: FaultRule["operations"] = ["GetObject"];

/** Each with what the clients' own retries do not hide. */
const cases: Readonly<Record<string, Case>> = {
  "slow-down": { rule: { fault: "slow-down", operations: put, count: 2 }, seen: {} },
  "internal-error": { rule: { fault: "internal-error", operations: get, count: 2 }, seen: {} },
  "lost-answer": { rule: { fault: "lost-answer", operations: put, count: 1 }, seen: {} },
  latency: { rule: { fault: "latency", operations: get, ms: 300, count: 1 }, seen: {} },
  "reset-put": { rule: { fault: "reset", operations: put, count: 1 }, seen: {} },
  "reset-get": {
    rule: { fault: "reset", operations: get, count: 1 },
    seen: { aws: { get: "Connection broken" }, boto3: { get: "ResponseStreamingError" } },
  },
  "torn-answer": {
    rule: { fault: "torn-answer", operations: get, count: 1 },
    seen: { boto3: { get: "ResponseStreamingError" } },
  },
  "damaged-bytes": {
    rule: { fault: "damaged-bytes", operations: get, count: 1 },
    seen: { aws: { get: "other bytes" }, boto3: { get: "FlexibleChecksumError" } },
  },
  "wrong-checksum": {
    rule: { fault: "wrong-checksum", operations: get },
    seen: { boto3: { get: "FlexibleChecksumError" } },
  },
  "wrong-etag": {
    rule: { fault: "wrong-etag", operations: get },
    seen: { rclone: { get: "corrupted" } },
  },
  "clock-skew": {
    rule: {
      fault: "clock-skew",
      operations: ["PutObject", "GetObject", "HeadObject"],
      seconds: 7200,
    },
    seen: {
      aws: { put: "RequestTimeTooSkewed", get: "403" },
      boto3: { put: "RequestTimeTooSkewed", get: "RequestTimeTooSkewed" },
      rclone: { put: "403", get: "nothing" },
    },
  },
  "stale-read": {
    rule: { fault: "stale-read", operations: get, count: 1 },
    seen: { aws: { get: "NoSuchKey" }, boto3: { get: "NoSuchKey" } },
  },
  "operation-aborted": {
    rule: {
      fault: "operation-aborted",
      operations: ["PutBucketTagging", "PutBucketVersioning"],
      count: 1,
    },
    seen: {
      aws: { settings: "OperationAborted" },
      boto3: { settings: "OperationAborted" },
      rclone: { settings: "OperationAborted" },
    },
  },
  "throttled-control-plane": {
    rule: {
      fault: "throttled-control-plane",
      operations: ["PutBucketTagging", "PutBucketVersioning"],
      perSecond: 0,
      count: 1,
    },
    seen: {},
  },
};

const clients: readonly Client[] = ["aws", "boto3", "rclone"];
const body = "abcdefgh".repeat(8192);
let folder: string;
let server: OwnServer;

const bucketOf = (client: Client, name: string) => `${client}-${name}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interop-faults-"));
  const rules = clients.flatMap((client) =>
    Object.entries(cases).map(([name, { rule }]) => ({ ...rule, bucket: bucketOf(client, name) })),
  );
  await writeFile(join(folder, "faults.json"), JSON.stringify({ rules }));
  server = await OwnServer.start({ flags: ["--faults", join(folder, "faults.json")] });
  await writeFile(join(server.scratch, "body"), body);
  await writeFile(join(server.scratch, "rclone.conf"), "");
  const buckets = clients.flatMap((client) =>
    Object.keys(cases).map((name) => bucketOf(client, name)),
  );
  const versioned = clients.map((client) => bucketOf(client, "stale-read"));
  const prepared = await runPython(server, "fault_cases.py", "prepare", { buckets, versioned });
  if (prepared.exitCode !== 0) throw new Error(prepared.stderr);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The words of errors that clients end with. */
const words =
  /\b(SlowDown|InternalError|OperationAborted|RequestTimeTooSkewed|NoSuchKey|403|404|corrupted|Connection broken)\b/;

/** `file`: where the object's bytes went. */
async function told(result: CommandResult, file?: string): Promise<string> {
  if (result.exitCode !== 0) return words.exec(result.stderr)?.[1] ?? result.stderr;
  if (file === undefined) return "fine";
  const bytes = await readFile(join(server.scratch, file), "utf8").catch(() => undefined);
  if (bytes === undefined) return "nothing";
  return bytes === body ? "fine" : "other bytes";
}

const seenBy: Readonly<Record<Client, (bucket: string, isSetting: boolean) => Promise<Outcome>>> = {
  aws: async (bucket, isSetting) => {
    const env = clientEnvironment(server);
    const aws = (...args: string[]) =>
      runCommand("/usr/bin/aws", ["--endpoint-url", server.endpoint, ...args], {
        env,
        cwd: server.scratch,
      });
    if (isSetting) {
      const tags = ["--bucket", bucket, "--tagging", "TagSet=[{Key=a,Value=1}]"];
      return { settings: await told(await aws("s3api", "put-bucket-tagging", ...tags)) };
    }
    const sent = await aws("s3", "cp", "body", `s3://${bucket}/k`);
    const got = await aws("s3", "cp", `s3://${bucket}/k`, `${bucket}.back`);
    return { put: await told(sent), get: await told(got, `${bucket}.back`) };
  },
  boto3: async (bucket, isSetting) => {
    const done = await runPython(server, "fault_cases.py", "strike", { bucket, isSetting });
    expect(done).toMatchObject({ exitCode: 0, stderr: "" });
    return JSON.parse(done.stdout) as Outcome;
  },
  rclone: async (bucket, isSetting) => {
    const { PATH = "", HOME = "" } = clientEnvironment(server);
    const { accessKeyId, secretAccessKey } = server.identities.admin;
    const env = {
      PATH,
      HOME,
      RCLONE_CONFIG: join(server.scratch, "rclone.conf"),
      RCLONE_CONFIG_OWN_TYPE: "s3",
      RCLONE_CONFIG_OWN_PROVIDER: "Minio",
      RCLONE_CONFIG_OWN_ENDPOINT: server.endpoint,
      RCLONE_CONFIG_OWN_REGION: server.region,
      RCLONE_CONFIG_OWN_ACCESS_KEY_ID: accessKeyId,
      RCLONE_CONFIG_OWN_SECRET_ACCESS_KEY: secretAccessKey,
      RCLONE_CONFIG_OWN_FORCE_PATH_STYLE: "true",
    };
    const rclone = (...args: string[]) => runCommand("rclone", args, { env, cwd: server.scratch });
    if (isSetting) {
      return {
        settings: await told(await rclone("backend", "versioning", `own:${bucket}`, "Enabled")),
      };
    }
    const sent = await rclone("copyto", "body", `own:${bucket}/k`);
    const got = await rclone("copyto", `own:${bucket}/k`, `${bucket}.back`);
    return { put: await told(sent), get: await told(got, `${bucket}.back`) };
  },
};

const runs = clients.flatMap((client) => Object.keys(cases).map((name) => [client, name] as const));

it.each(runs)("%s meets %s", async (client, name) => {
  const { seen = {}, rule } = cases[name] ?? {};
  const isSetting = rule?.operations?.includes("PutBucketTagging") === true;
  const fine: Outcome = isSetting ? { settings: "fine" } : { put: "fine", get: "fine" };
  expect(await seenBy[client](bucketOf(client, name), isSetting)).toEqual({
    ...fine,
    ...seen[client],
  });
});
