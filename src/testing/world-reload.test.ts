import { once } from "node:events";
import { request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect, test } from "vitest";
import type { Credentials } from "../core/credentials.ts";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const account = "111122223333";
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;

const trust = policy({
  Effect: "Allow",
  Principal: { AWS: account },
  Action: "sts:AssumeRole",
});
const role = { trust, attached: [administrator] };
const alice = { accessKeys: [{}], attached: [administrator] };

interface Parts {
  readonly users?: object;
  readonly roles?: object;
  readonly organization?: object;
}

const world = ({ users = { alice }, roles = { worker: role, other: role }, ...more }: Parts) => ({
  version: 1,
  accounts: {
    [account]: { users, roles, buckets: { sims: {} } },
    "999988887777": { users: { boss: alice }, buckets: { books: {} } },
  },
  ...more,
});

async function sessionOf(
  { endpoint, region }: TestServer,
  credentials: Credentials,
  input: Partial<AssumeRoleCommandInput> | undefined,
): Promise<Credentials> {
  const sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
  const { Credentials: given } = await (input === undefined
    ? sts.send(new GetSessionTokenCommand())
    : sts.send(new AssumeRoleCommand({ RoleArn: "", RoleSessionName: "session", ...input })));
  sts.destroy();
  return {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    sessionToken: given?.SessionToken ?? "",
  };
}

async function tries({ endpoint, region }: TestServer, credentials: Credentials): Promise<string> {
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  const outcome = await s3.send(new PutObjectCommand({ Bucket: "sims", Key: "k", Body: "x" })).then(
    () => "ok",
    (error: unknown) => (error instanceof Error ? error.name : "?"),
  );
  s3.destroy();
  return outcome;
}

test("sessions of roles and users end at once with what a world says no more of", async () => {
  await using server = await startTestServer({ world: world({}) });
  const keys = server.credentialsOf(account, "alice");
  const session = async (name: string, by = keys): Promise<Credentials> =>
    await sessionOf(server, by, { RoleArn: roleArn(name) });
  const worker = await session("worker");
  const other = await session("other");
  const chained = await session("other", worker);
  const own = await sessionOf(server, keys, undefined);
  const all = async (): Promise<string> => {
    const outcomes = [];
    for (const one of [worker, other, chained, own, keys]) outcomes.push(await tries(server, one));
    return outcomes.join();
  };
  expect(await all()).toBe("ok,ok,ok,ok,ok");
  await server.takeWorld(world({ roles: { other: role } }));
  // What a role has assumed goes on, as on AWS: it is a session of the other one.
  expect(await all()).toBe("InvalidToken,ok,ok,ok,ok");
  // Another role of the same name is another role.
  await server.takeWorld(world({}));
  expect(await all()).toBe("InvalidToken,ok,ok,ok,ok");
  const narrow = {
    trust,
    policies: { no: policy({ Effect: "Deny", Action: "*", Resource: "*" }) },
  };
  await server.takeWorld(world({ roles: { other: narrow } }));
  expect(await all()).toBe("InvalidToken,AccessDenied,AccessDenied,ok,ok");
  await server.takeWorld(world({ users: { bob: alice } }));
  expect(await all()).toBe("InvalidToken,ok,ok,InvalidToken,InvalidAccessKeyId");
  await server.takeWorld({ version: 1, accounts: {} });
  expect(new Set((await all()).split(","))).toEqual(
    new Set(["InvalidToken", "InvalidAccessKeyId"]),
  );
});

test("a boundary, an organisation and a policy that come with a world hold for sessions that live", async () => {
  await using server = await startTestServer({ world: world({}) });
  const keys = server.credentialsOf(account, "alice");
  const worker = await sessionOf(server, keys, { RoleArn: roleArn("worker") });
  expect(await tries(server, worker)).toBe("ok");
  const bound = { ...role, boundary: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" };
  await server.takeWorld(world({ roles: { worker: bound } }));
  expect(await tries(server, worker)).toBe("AccessDenied");
  const none = policy({ Effect: "Deny", Action: "s3:PutObject", Resource: "*" });
  const organization = {
    id: "o-a1b2c3d4e5",
    managementAccount: "999988887777",
    units: { lab: { serviceControlPolicies: ["FullAWSAccess", "none"] }, inner: { parent: "lab" } },
    accounts: { [account]: { unit: "inner" } },
    serviceControlPolicies: { none },
  };
  await server.takeWorld(world({ organization }));
  expect(await tries(server, worker)).toBe("AccessDenied");
  await server.takeWorld(world({}));
  expect(await tries(server, worker)).toBe("ok");
});

test("a put that is on its way when its user goes is finished, and the next is refused", async () => {
  await using server = await startTestServer({ world: world({}) });
  const { endpoint, region } = server;
  const credentials = server.credentialsOf(account, "alice");
  const s3 = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const link = await getSignedUrl(s3, new PutObjectCommand({ Bucket: "sims", Key: "long" }));
  const half = Buffer.alloc(100_000, "a");
  const put = request(link, { method: "PUT", headers: { "content-length": 2 * half.length } });
  const status = once(put, "response").then(
    ([answer]: { statusCode?: number; resume(): void }[]) => {
      answer?.resume();
      return answer?.statusCode;
    },
  );
  await new Promise((resolve) => {
    put.write(half, resolve);
  });
  // The server reads no further than its buffers before it has judged the request.
  await setTimeout(50);
  await server.takeWorld(world({ users: {} }));
  put.end(half);
  expect(await status).toBe(200);
  expect((await fetch(link, { method: "PUT", body: "x" })).status).toBe(403);
  s3.destroy();
});

test("worlds that change under load refuse and allow, and never fail", async () => {
  await using server = await startTestServer({ world: world({}) });
  const keys = server.credentialsOf(account, "alice");
  const seen = new Set<string>();
  const done = new AbortController();
  const load = Array.from({ length: 4 }, async () => {
    while (!done.signal.aborted) seen.add(await tries(server, keys));
  });
  for (let round = 0; round < 20; round += 1) {
    const attached = round % 2 === 0 ? [] : [administrator];
    await server.takeWorld(world({ users: { alice: { accessKeys: [{}], attached } } }));
  }
  done.abort();
  await Promise.all(load);
  expect([...seen].toSorted()).toEqual(["AccessDenied", "ok"]);
});
