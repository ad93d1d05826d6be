import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { GetResult, ObjectHead, ObjectStore } from "../core/object-store.ts";
import { openObjectStore } from "../open/open-object-store.ts";
import { getSettings } from "../settings/get-settings.ts";
import { aroundCalls } from "../wrappers/around-calls.ts";
import { cacheReads } from "../wrappers/cache-reads.ts";
import { observe, type ObservedCall } from "../wrappers/observe.ts";
import { startTestServer, type TestServer } from "./start-test-server.ts";
import { createMemoryStore } from "./stores/create-memory-store.ts";

const account = "111122223333";
const policy = (Action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*" }],
});
const world = {
  version: 1,
  accounts: {
    [account]: {
      users: {
        owner: { accessKeys: [{}], policies: { own: policy("*") } },
        keyless: { accessKeys: [{}], policies: { own: policy("s3:*") } },
      },
      kmsKeys: { storage: {} },
      buckets: { sims: {} },
    },
  },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-cache-keys-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const kept = () => readdir(join(folder, "content"));

async function openAs(server: TestServer, user: string): Promise<ObjectStore> {
  const { accessKeyId, secretAccessKey } = server.credentialsOf(account, user);
  const environment = {
    ...server.env,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
  return openObjectStore(getSettings({ environment, envFile: false }), { bucket: "sims" });
}

async function read(from: ObjectStore, key: string, checksum = true): Promise<string> {
  return (await buffer((await from.getObject(key, { checksum })).body)).toString();
}

it("hands nobody what only the owner of a key may read", async () => {
  await using server = await startTestServer({ world });
  const owner = await openAs(server, "owner");
  const keyless = await openAs(server, "keyless");
  await owner.putObject("sealed", Buffer.from("secret"), {
    encryption: { kmsKeyId: "alias/storage" },
  });
  await owner.putObject("open", Buffer.from("open"), { encryption: "AES256" });
  const ofOwner = cacheReads(owner, { folder });
  expect(await read(ofOwner, "sealed")).toBe("secret");
  expect(await kept()).toEqual([]);
  expect(await read(ofOwner, "open")).toBe("open");
  expect(await kept()).toHaveLength(1);
  const calls: ObservedCall[] = [];
  const seen = observe(keyless, { ended: (call) => calls.push(call) });
  const ofKeyless = cacheReads(seen, { folder });
  for (const checksum of [true, false]) {
    await expect(read(ofKeyless, "sealed", checksum)).rejects.toMatchObject({
      code: "PermissionDenied",
    });
  }
  // The same action of S3, so that one who may ask may read.
  expect(await read(ofKeyless, "open")).toBe("open");
  expect(calls.at(-1)).toMatchObject({ method: "headObject" });
  await owner.close();
  await keyless.close();
});

it("keeps and serves nothing under a key, nor under what it does not know", async () => {
  const store = createMemoryStore();
  await store.putObject("a", Buffer.from("here"));
  const fetched: string[] = [];
  let encryption: string | undefined;
  const told = (head: ObjectHead) => ({
    ...head,
    ...(encryption !== undefined && { encryption }),
  });
  const sealed = aroundCalls(store, async ({ method }, run) => {
    fetched.push(method);
    const answer = await run();
    if (method === "headObject") return told(answer as ObjectHead);
    const { head, ...rest } = answer as GetResult;
    return { ...rest, head: told(head) };
  });
  const near = cacheReads(sealed, { folder });
  for (encryption of ["aws:kms", "aws:kms:dsse", "aws:fsx", ""]) {
    await read(near, "a");
    expect(await kept()).toEqual([]);
  }
  for (encryption of ["AES256", undefined]) {
    await read(near, "a");
    expect(await kept()).toHaveLength(1);
  }
  fetched.length = 0;
  await read(near, "a");
  expect(fetched).toEqual(["headObject"]);
  // The same writing, as far as ETag and time tell.
  encryption = "aws:kms";
  await read(near, "a");
  expect(fetched).toEqual(["headObject", "headObject", "getObject"]);
});
