import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteBucketCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Credentials } from "../core/credentials.ts";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const account = "111122223333";
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: string, Resource: string) => ({ Effect: "Allow", Action, Resource });

const world = (aliceMay: string) => ({
  version: 1,
  accounts: {
    [account]: {
      users: {
        alice: {
          accessKeys: [{}],
          policies: { own: policy(allow(aliceMay, "arn:aws:s3:::sims/*")) },
        },
        bob: { groups: ["readers"], accessKeys: [{}], boundary: "only-public" },
        carol: {
          accessKeys: [{ accessKeyId: "AKIACAROL", secretAccessKey: "carols-own-secret" }],
          attached: ["arn:aws:iam::aws:policy/AdministratorAccess"],
        },
      },
      groups: {
        readers: { policies: { read: policy(allow("s3:GetObject", "arn:aws:s3:::sims/*")) } },
      },
      policies: {
        "only-public": { document: policy(allow("s3:*", "arn:aws:s3:::sims/public/*")) },
      },
      kmsKeys: { storage: {} },
      buckets: {
        sims: {
          versioning: "Enabled",
          policy: policy({
            Effect: "Deny",
            Principal: "*",
            Action: "s3:DeleteBucket",
            Resource: "arn:aws:s3:::sims",
          }),
        },
      },
    },
  },
  organization: {
    id: "o-a1b2c3d4e5",
    managementAccount: account,
  },
});

function clientOf({ endpoint, region }: TestServer, credentials: Credentials): S3Client {
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
}

const put = (Key: string) => new PutObjectCommand({ Bucket: "sims", Key, Body: "x" });
const get = (Key: string) => new GetObjectCommand({ Bucket: "sims", Key });

async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "ok",
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

test("a world's users may what its policies say, at once when it is changed", async () => {
  await using server = await startTestServer({ world: world("s3:PutObject") });
  const alice = clientOf(server, server.credentialsOf(account, "alice"));
  const bob = clientOf(server, server.credentialsOf(account, "bob"));
  expect(await outcome(alice.send(put("public/a")))).toBe("ok");
  expect(await outcome(alice.send(put("b")))).toBe("ok");
  expect(await outcome(alice.send(get("b")))).toBe("AccessDenied");
  expect(await outcome(bob.send(get("public/a")))).toBe("ok");
  expect(await outcome(bob.send(get("b")))).toBe("AccessDenied");

  await server.takeWorld(world("s3:GetObject"));
  expect(await outcome(alice.send(get("b")))).toBe("ok");
  expect(await outcome(alice.send(put("b")))).toBe("AccessDenied");

  const { accounts, ...rest } = world("s3:GetObject");
  const { bob: _gone, ...users } = accounts[account].users;
  await server.takeWorld({
    ...rest,
    accounts: { [account]: { ...accounts[account], users } },
  });
  expect(await outcome(bob.send(get("public/a")))).toBe("InvalidAccessKeyId");
  for (const client of [alice, bob]) client.destroy();
});

test("its buckets and keys are there, and a bucket stays when it is declared no more", async () => {
  await using server = await startTestServer({ world: world("s3:GetObject") });
  const carol = clientOf(server, server.credentialsOf(account, "carol"));
  const Bucket = "sims";
  const versioning = await carol.send(new GetBucketVersioningCommand({ Bucket }));
  expect(versioning.Status).toBe("Enabled");
  const { Policy } = await carol.send(new GetBucketPolicyCommand({ Bucket }));
  expect(JSON.parse(Policy ?? "")).toMatchObject({ Statement: [{ Action: "s3:DeleteBucket" }] });
  const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "alias/storage" } as const;
  await carol.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...sealed }));

  const bare = world("s3:GetObject");
  const { kmsKeys: _keys, buckets: _buckets, ...kept } = bare.accounts[account];
  await server.takeWorld({ ...bare, accounts: { [account]: kept } });
  expect(await outcome(carol.send(get("k")))).toBe("KMS.KMSInvalidStateException");
  await server.takeWorld(bare);
  expect(await outcome(carol.send(get("k")))).toBe("ok");
  carol.destroy();
});

test("a key of a world may go to another user of it", async () => {
  const declared = world("s3:GetObject");
  const { carol, ...others } = declared.accounts[account].users;
  const users = { ...others, dave: carol };
  await using server = await startTestServer({ world: declared });
  const accounts = { [account]: { ...declared.accounts[account], users } };
  await server.takeWorld({ ...declared, accounts });
  expect(server.credentialsOf(account, "dave").accessKeyId).toBe("AKIACAROL");
});

test("a bucket that was deleted is made again with the next world that declares it", async () => {
  const declared = world("s3:GetObject");
  const buckets = { plain: { versioning: "Enabled" } };
  const withPlain = {
    ...declared,
    accounts: { [account]: { ...declared.accounts[account], buckets } },
  };
  await using server = await startTestServer({ world: withPlain });
  const carol = clientOf(server, server.credentialsOf(account, "carol"));
  const Bucket = "plain";
  await carol.send(new DeleteBucketCommand({ Bucket }));
  await server.takeWorld(withPlain);
  const { Status } = await carol.send(new GetBucketVersioningCommand({ Bucket }));
  expect(Status).toBe("Enabled");
  carol.destroy();
});

test("one that does not fit the store changes nothing", async () => {
  await using server = await startTestServer({ world: world("s3:GetObject") });
  await server.createBucket("taken");
  const taken = {
    version: 1,
    accounts: { [account]: { alias: "changed", buckets: { taken: {} } } },
  };
  await expect(server.takeWorld(taken)).rejects.toThrow(
    `The world does not fit the store: accounts.${account}.buckets.taken: the store has this ` +
      `bucket, and account ${server.accountId} owns it.`,
  );
  const own = { version: 1, accounts: { [server.accountId]: {} } };
  await expect(server.takeWorld(own)).rejects.toThrow(/stands in identities\.json already/);
  const key = {
    version: 1,
    accounts: {
      [account]: {
        users: {
          thief: {
            accessKeys: [
              { accessKeyId: server.credentials.accessKeyId, secretAccessKey: "another-secret" },
            ],
          },
        },
      },
    },
  };
  await expect(server.takeWorld(key)).rejects.toThrow(/is somebody else's/);
  expect(server.credentialsOf(account, "carol").accessKeyId).toBe("AKIACAROL");
});

test("a world may come from a file; its faults have lines", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sms-world-"));
  const file = join(folder, "world.yaml");
  try {
    await writeFile(file, "version: 1\naccounts:\n  '111122223333':\n    user: {}\n");
    await expect(startTestServer({ world: file })).rejects.toThrow(
      `${file}:4:5: accounts.111122223333.user is unknown here; did you mean users?`,
    );
    await writeFile(file, "version: 1\naccounts:\n  '111122223333':\n    users: {eve: {}}\n");
    await using server = await startTestServer({ world: file });
    expect(() => server.credentialsOf(account, "eve")).toThrow(/has no access key/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
