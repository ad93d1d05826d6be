import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Diagnosis } from "../../src/checks/doctor/examine.ts";
import {
  loopbackCertificate,
  loopbackKey,
} from "../../src/client/testing-fixtures/loopback-certificate.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { openObjectStore } from "../../src/open/open-object-store.ts";
import { inspectSettings } from "../../src/settings/get-settings.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { type Environment, examineWith } from "./examine-with.ts";
import {
  account,
  allow,
  bucket,
  deny,
  everyone,
  type Lab,
  other,
  patientOf,
  policy,
  worldOf,
} from "./lab.ts";
import { runHere } from "./run-here.ts";

// Two causes at once that stand in different places: this machine and the store, the way and the rights.

let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
});

afterEach(() => server.reset());

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const idsOf = ({ findings }: Diagnosis): string[] => findings.map(({ id }) => id);

const found = async (environment: Environment, envFile?: string): Promise<string[]> =>
  idsOf(await examineWith({ environment, ...(envFile !== undefined && { envFile }) }));

const bucketPolicy = [{ ...deny("s3:PutObject"), ...everyone }];

const ada = (more: Environment = {}, owner = account): Environment =>
  patientOf(server, "ada", owner, more).environment;

/** The lab behind a VPC endpoint that lets nobody write. */
const behind = (lab: Lab) => ({
  ...worldOf(lab),
  vpcEndpoints: {
    "vpce-0a1b2c3d": {
      vpc: "vpc-0a1b2c3d",
      account,
      hosts: ["localhost"],
      policy: policy({ ...allow(["s3:List*", "s3:Get*"]), ...everyone }),
    },
  },
});

/** What the doctor says of the words in which a read is refused. */
const explainedRead = async () => {
  const place = { environment: ada(), cwd: folder };
  const { stderr } = await runHere(["cat", `s3://${bucket}/gone.txt`], place);
  const { stdout } = await runHere(["doctor", "--error", stderr, "--json"], place);
  return JSON.parse(stdout) as { readonly id: string };
};

test("a proxy that is not there, before a host that does not resolve", async () => {
  const lost = { STORAGE_S3_ENDPOINT_URL: "http://no-such-host.invalid:9000" };
  const proxied = await found(ada({ ...lost, HTTP_PROXY: "http://127.0.0.1:1" }));
  expect(proxied).toEqual(["D51"]);
  expect(await found(ada(lost))).toEqual(["D52"]);
});

test("a host that does not resolve, before a region that is none", async () => {
  const lost = { STORAGE_S3_ENDPOINT_URL: "http://no-such-host.invalid:9000" };
  const nowhere = { STORAGE_S3_REGION: "US East" };
  expect(await found(ada({ ...lost, ...nowhere }))).toEqual(["D52"]);
  expect((await found(ada(nowhere)))[0]).toBe("D47");
});

test("a wrong region, before a policy that does not name the caller", async () => {
  const world = worldOf({ adaIn: other, own: [allow("s3:*", "*")] });
  const accounts = world["accounts"] as Readonly<Record<string, object>>;
  const own = { ...accounts[account], buckets: { "lab-west": { region: "us-west-2" } } };
  await server.takeWorld({ ...world, accounts: { ...accounts, [account]: own } });
  const place = { STORAGE_S3_BUCKET: "lab-west" };
  expect(await found(ada({ ...place, STORAGE_S3_REGION: "eu-west-1" }, other))).toEqual(["D35"]);
  expect(await found(ada({ ...place, STORAGE_S3_REGION: "us-west-2" }, other))).toEqual(["D10"]);
});

test("what breaks is named before what is worth a word, wherever that was seen", async () => {
  server.faults.set([{ fault: "clock-skew", seconds: 120 }]);
  const envFile = join(folder, ".env");
  await writeFile(envFile, "STORAGE_RETRY_SECONDS=1\n");
  await chmod(envFile, 0o644);
  const wrong = { STORAGE_S3_SECRET_ACCESS_KEY: "not-it" };
  expect(await found(ada(wrong), envFile)).toEqual(["D40", "D65", "D67"]);
  const place = { environment: ada(wrong), cwd: folder };
  const { stdout } = await runHere(["doctor", "--json"], place);
  const told = [...stdout.matchAll(/"type":"finding","id":"(D\d\d)"/g)].map(([, id]) => id);
  expect(told).toEqual(["D40", "D65", "D67"]);
  await rm(envFile);
});

test("a Deny of the bucket, before a VPC endpoint that allows too little", async () => {
  const place = ada({ STORAGE_S3_ENDPOINT_URL: server.endpoint.replace("127.0.0.1", "localhost") });
  await server.takeWorld(behind({ bucketPolicy }));
  expect((await found(place))[0]).toBe("D12");
  await server.takeWorld(behind({}));
  expect((await found(place))[0]).toBe("D20");
});

test("a Deny of the bucket, before a session's policy that allows too little", async () => {
  const trust = policy({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "sts:AssumeRole",
  });
  const withRole = (lab: Lab) => {
    const world = worldOf(lab);
    const accounts = world["accounts"] as Readonly<Record<string, object>>;
    const roles = { Scientist: { trust, policies: { own: policy(allow("s3:*")) } } };
    return { ...world, accounts: { ...accounts, [account]: { ...accounts[account], roles } } };
  };
  const asRole = async (): Promise<Environment> => {
    const { endpoint, region } = server;
    const credentials = server.credentialsOf(account, "boss");
    const sts = new STSClient({ endpoint, region, credentials });
    const narrow = JSON.stringify(policy(allow(["s3:Get*", "s3:List*", "s3:Delete*"])));
    const RoleArn = `arn:aws:iam::${account}:role/Scientist`;
    const role = { RoleArn, RoleSessionName: "ada", Policy: narrow };
    const { Credentials: keys } = await sts.send(new AssumeRoleCommand(role));
    sts.destroy();
    return ada({
      STORAGE_S3_ACCESS_KEY_ID: keys?.AccessKeyId ?? "",
      STORAGE_S3_SECRET_ACCESS_KEY: keys?.SecretAccessKey ?? "",
      STORAGE_S3_SESSION_TOKEN: keys?.SessionToken ?? "",
    });
  };
  await server.takeWorld(withRole({ bucketPolicy }));
  expect((await found(await asRole()))[0]).toBe("D12");
  await server.takeWorld(withRole({}));
  expect((await found(await asRole()))[0]).toBe("D16");
});

test("a key behind a delete marker, for who may not list: the right first, then what is there", async () => {
  const { settings } = inspectSettings({ ...patientOf(server, "boss"), envFile: false });
  const { admin } = await openBucketAdmin(settings);
  await admin.put(bucket, "versioning", "Enabled").finally(() => admin.close());
  const store = await openObjectStore(settings);
  await store.putObject("gone.txt", Buffer.from("x"));
  await store.deleteObject("gone.txt");
  await store.close();
  await server.takeWorld(worldOf({ own: [allow("s3:GetObject")] }));
  expect((await explainedRead()).id).toBe("D21");
  await server.takeWorld(worldOf({ own: [allow(["s3:GetObject", "s3:ListBucket"])] }));
  expect((await explainedRead()).id).toBe("D26");
});

test("a Qumulo cluster whose certificate is not known: that first, and then how it overwrites", async () => {
  await using cluster = await startTestServer({ personality: "qumulo" });
  const target = Number(new URL(cluster.endpoint).port);
  const front = createServer({ cert: loopbackCertificate, key: loopbackKey }, (socket) => {
    const back = connect(target, "127.0.0.1");
    for (const each of [socket, back]) {
      each
        .on("error", () => undefined)
        .on("close", () => [socket, back].forEach((end) => end.destroy()));
    }
    socket.pipe(back).pipe(socket);
  });
  front.on("tlsClientError", () => undefined).listen(0, "127.0.0.1");
  await once(front, "listening");
  const url = `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const proxied = { ...cluster.env, STORAGE_QUMULO_ENDPOINT_URL: url };
  expect(await found(proxied)).toEqual(["D49"]);
  const caFile = join(folder, "authority.pem");
  await writeFile(caFile, loopbackCertificate);
  const trusted = { ...proxied, STORAGE_QUMULO_CA_FILE: caFile };
  const { findings, facts } = await examineWith({ environment: trusted });
  front.close();
  expect(findings).toEqual([]);
  expect(facts.overwriting).toMatch(/^refused with /);
});
