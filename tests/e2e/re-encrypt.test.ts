import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CopyObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateKeyCommand, KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let live: LiveServer;
let s3: S3Client;
let kms: KMSClient;
let key: string;

beforeAll(async () => {
  live = await startLiveServer();
  const { administrator, endpoint } = live;
  const shared = {
    endpoint,
    region: "us-east-1",
    credentials: {
      accessKeyId: administrator["STORAGE_S3_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: administrator["STORAGE_S3_SECRET_ACCESS_KEY"] ?? "",
    },
  };
  s3 = new S3Client({ ...shared, forcePathStyle: true });
  kms = new KMSClient(shared);
  key = await createKey();
});

afterAll(async () => {
  s3.destroy();
  kms.destroy();
  await live.stop();
});

async function createKey(): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? "";
}

const underKms = (Key: string, more: Partial<PutObjectCommandInput> = {}, keyId = key) =>
  s3.send(
    new PutObjectCommand({
      Bucket: live.bucket,
      Key,
      Body: `bytes of ${Key}`,
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: keyId,
      ...more,
    }),
  );
const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket: live.bucket, Key }));
const algorithm = async (Key: string) => (await head(Key)).ServerSideEncryption;
const run = (...args: string[]) => live.run(["re-encrypt", ...args]);

/** Of what is to be gone on with. */
async function journalNames(): Promise<string[]> {
  const names = await readdir(join(live.folder, ".local/state/sms-api-storage/transfers"));
  return names.filter((name) => name.endsWith(".journal"));
}

async function putMany(prefix: string, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(4, "0")}`);
  for (let at = 0; at < count; at += 50) {
    await Promise.all(keys.slice(at, at + 50).map((name) => underKms(name)));
  }
  return keys;
}

describe("what is under KMS", () => {
  const name = "kept/ü ?#+%.txt";
  const redirected = "kept/redirect";

  it("is shown first, with what copying takes and makes, and nothing is copied without a yes", async () => {
    await underKms(name, {
      ContentType: "text/x-own",
      CacheControl: "max-age=7",
      ContentDisposition: "attachment",
      Metadata: { mtime: "1700000000.25", run: "7" },
      Tagging: "project=x&note=two%20words",
      StorageClass: "STANDARD_IA",
    });
    await underKms(redirected, { WebsiteRedirectLocation: "/elsewhere" });
    await s3.send(new PutObjectCommand({ Bucket: live.bucket, Key: "kept/plain", Body: "x" }));
    const shown = await run("--dry-run", live.uri("kept/"));
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("3 objects");
    expect(shown.stdout).toContain("under a key of KMS, to be copied: 2 ");
    expect(shown.stdout).toContain(`2 under ${key}`);
    expect(shown.stdout).toContain("1 in class STANDARD_IA");
    expect(shown.stdout).toContain("under SSE-S3 already: 1");
    expect(shown.stdout).toMatch(/requests: 2 copies, 3 HEAD; calls of KMS \(Decrypt\): 2 at most/);
    expect(shown.stdout).toMatch(/versions: 2 new/);
    expect(shown.stdout).toContain("for 30 days more, until the lifecycle deletes them");
    const asked = await run(live.uri("kept/"));
    expect(asked.code).toBe(9);
    expect(asked.stderr).toContain("--yes");
    expect(await algorithm(name)).toBe("aws:kms");
  });

  it("is copied onto itself with all that belongs to it", async () => {
    const before = await head(name);
    const done = await run("--yes", "--json", live.uri("kept/"));
    expect(done.code).toBe(0);
    expect(records(done.stdout).at(-1)).toMatchObject({ copied: 2, failed: 0, skipped: 0 });
    const after = await head(name);
    expect(after).toMatchObject({
      ServerSideEncryption: "AES256",
      ContentType: "text/x-own",
      CacheControl: "max-age=7",
      ContentDisposition: "attachment",
      Metadata: { mtime: "1700000000.25", run: "7" },
      StorageClass: "STANDARD_IA",
    });
    expect(after.VersionId).not.toBe(before.VersionId);
    const { TagSet } = await s3.send(
      new GetObjectTaggingCommand({ Bucket: live.bucket, Key: name }),
    );
    expect(TagSet).toEqual([
      { Key: "project", Value: "x" },
      { Key: "note", Value: "two words" },
    ]);
    expect(await head(redirected)).toMatchObject({
      ServerSideEncryption: "AES256",
      WebsiteRedirectLocation: "/elsewhere",
    });
    expect((await live.run(["cat", name])).stdout).toBe(`bytes of ${name}`);
  });

  it("is found no more by a second run, but in older versions", async () => {
    const again = await run("--yes", "--versions", live.uri("kept/"));
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("to be copied: 0 ");
    expect(again.stdout).toContain("older versions under KMS: 2 of 2");
    expect(again.stderr).toContain("There is nothing to copy.");
    const { Versions = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: live.bucket, Prefix: "kept/" }),
    );
    expect(Versions).toHaveLength(5);
  });
});

it("estimates from a sample drawn by lot", async () => {
  await putMany("sample/k", 20);
  await s3.send(new PutObjectCommand({ Bucket: live.bucket, Key: "sample/plain", Body: "x" }));
  const all = await run("--sample", "500", "--json", live.uri("sample/"));
  expect(records(all.stdout)[0]).toMatchObject({
    type: "re-encryption-sample",
    listed: { objects: 21 },
    share: [20 / 21, 20 / 21],
  });
  const some = await run("--sample", "10", live.uri("sample/"));
  expect(some.stdout).toMatch(/10 drawn by lot\n {2}under a key of KMS: \d+ of these: of all some/);
  expect(await algorithm("sample/k0000")).toBe("aws:kms");
});

describe("what cannot be copied", () => {
  it("is named with its remedy, and the rest is copied", async () => {
    const denied = await createKey();
    await underKms("refused/a", {}, denied);
    await underKms("refused/b");
    await s3.send(
      new PutObjectCommand({
        Bucket: live.bucket,
        Key: "refused/c",
        Body: "x",
        StorageClass: "GLACIER",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: key,
      }),
    );
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${live.accountId}:root` },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Effect: "Deny",
          Principal: { AWS: "*" },
          Action: "kms:Decrypt",
          Resource: "*",
        },
      ],
    });
    await kms.send(new PutKeyPolicyCommand({ KeyId: denied, PolicyName: "default", Policy }));
    const done = await run("--yes", live.uri("refused/"));
    expect(done.code).toBe(7);
    expect(done.stderr).toContain(`${live.uri("refused/a")} was not copied:`);
    expect(done.stderr).toContain(`Allow kms:Decrypt on ${denied}`);
    expect(done.stderr).toMatch(/refused\/c is left as it is: it is archived: restore it first/);
    expect(done.stderr).toContain("1 copied");
    expect(await algorithm("refused/b")).toBe("AES256");
  });

  it("ends with 5 where nothing may be looked at", async () => {
    const refused = await live.run(["re-encrypt", "--yes", live.uri("refused/")], {
      env: live.powerless,
    });
    expect(refused.code).toBe(5);
    expect(refused.stderr).not.toContain("    at ");
  });

  it("is no job on a store without S3 Batch Operations", async () => {
    await putMany("many/k", 3);
    const refused = await run("--yes", "--max-objects", "2", live.uri("many/"));
    expect(refused.code).toBe(12);
    expect(refused.stderr).toContain("This store has no S3 Batch Operations");
    expect(refused.stderr).toContain("raise --max-objects");
    expect(await algorithm("many/k0000")).toBe("aws:kms");
  });
});

it("goes by an S3 Inventory, without looking at what its rows tell", async () => {
  await underKms("listed/a,b");
  await underKms("listed/untold");
  const rows = [
    [live.bucket, "listed/a%2Cb", "14", "STANDARD", "SSE-KMS"],
    [live.bucket, "listed/untold", "14", "STANDARD", ""],
    [live.bucket, "listed/plain", "14", "STANDARD", "SSE-S3"],
    [live.bucket, "listed/own", "14", "STANDARD", "SSE-C"],
    ["another", "listed/a%2Cb", "14", "STANDARD", "SSE-KMS"],
  ];
  const text = rows.map((row) => row.map((field) => `"${field}"`).join(",")).join("\n");
  await s3.send(
    new PutObjectCommand({ Bucket: live.bucket, Key: "reports/data/1.csv", Body: text }),
  );
  const manifest = {
    sourceBucket: live.bucket,
    destinationBucket: `arn:aws:s3:::${live.bucket}`,
    fileFormat: "CSV",
    fileSchema: "Bucket, Key, Size, StorageClass, EncryptionStatus",
    files: [{ key: "reports/data/1.csv", size: text.length }],
  };
  await writeFile(join(live.folder, "manifest.json"), JSON.stringify(manifest));
  const done = await run("--yes", "--inventory", "manifest.json", live.uri("listed/"));
  expect(done.stdout).toContain("4 objects");
  expect(done.stdout).toContain("looking took 1 HEAD and 0 LIST");
  expect(done.stderr).toMatch(/listed\/own is left as it is: it is under a customer's own key/);
  expect(done.code).toBe(7);
  expect([await algorithm("listed/a,b"), await algorithm("listed/untold")]).toEqual([
    "AES256",
    "AES256",
  ]);
  await writeFile(join(live.folder, "bare.csv"), `${live.bucket},listed/plain\n`);
  const bare = await run("--inventory", "bare.csv", live.uri("listed/"));
  expect(bare.stdout).toContain("deleted meanwhile: 1");
  // What was found by a list is not gone on with once the list is another.
  await underKms("listed/first");
  await underKms("listed/second");
  const plan = async (name: string) => {
    await writeFile(join(live.folder, "bare.csv"), `${live.bucket},${name}\n`);
    return run("--dry-run", "--inventory", "bare.csv", live.uri("listed/"));
  };
  expect((await plan("listed/first")).stdout).toContain("to be copied: 1 ");
  expect((await plan("listed/second")).stderr).not.toContain("Going on");
  await writeFile(
    join(live.folder, "orc.json"),
    JSON.stringify({ ...manifest, fileFormat: "ORC" }),
  );
  const orc = await run("--inventory", "orc.json", live.uri("listed/"));
  expect(orc).toMatchObject({ code: 2 });
  expect(orc.stderr).toContain("is an inventory in ORC");
});

describe("cut short", () => {
  let proxy: FaultProxy;
  let env: Record<string, string>;
  beforeAll(async () => {
    proxy = await startFaultProxy(live.endpoint);
    env = { ...live.env, STORAGE_S3_ENDPOINT_URL: proxy.endpoint };
  });
  afterAll(() => proxy.close());

  it("by kill -9, goes on where it was and looks at nothing twice", async () => {
    const keys = await putMany("killed/k", 400);
    const journals = await journalNames();
    const child = live.begin(["re-encrypt", "--yes", "--json", live.uri("killed/")], env);
    let seen = "";
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (chunk: Buffer) => {
        seen += chunk.toString();
        if ((seen.match(/"re-encrypt"/g) ?? []).length > 40) resolve();
      });
      child.once("exit", () => resolve());
    });
    child.kill("SIGKILL");
    await once(child, "close");
    const states = await Promise.all(keys.map(algorithm));
    const before = states.filter((state) => state === "AES256").length;
    expect(before).toBeGreaterThan(40);
    expect(before).toBeLessThan(400);
    const again = await live.run(["re-encrypt", "--yes", live.uri("killed/")], { env });
    expect(again.stderr).toMatch(
      /Going on with an earlier run: 400 objects looked at, 400 under KMS/,
    );
    expect(again.code).toBe(0);
    expect(await Promise.all(keys.map(algorithm))).toEqual(keys.map(() => "AES256"));
    const { Versions = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: live.bucket, Prefix: "killed/" }),
    );
    // One that was copied is not copied again.
    expect(Versions).toHaveLength(800);
    expect(await journalNames()).toEqual(journals);
  });
});

it("does not undo what others write meanwhile", async () => {
  const keys = await putMany("busy/k", 60);
  const busy = keys.slice(0, 30);
  const child = live.begin(["re-encrypt", "--yes", "--json", live.uri("busy/")]);
  const closed = once(child, "close");
  let rounds = 0;
  const newest = new Map<string, string>();
  while (child.exitCode === null && rounds < 50) {
    rounds += 1;
    for (const name of busy) {
      const Body = `round ${rounds}`;
      newest.set(name, Body);
      await underKms(name, { Body });
    }
  }
  await closed;
  for (const name of busy) {
    const { stdout } = await live.run(["cat", name]);
    expect(stdout).toBe(newest.get(name));
  }
});

it("keeps the redirect of a website in other copies onto itself, too", async () => {
  const Key = "site/page";
  const WebsiteRedirectLocation = "/new";
  await s3.send(
    new PutObjectCommand({ Bucket: live.bucket, Key, Body: "x", WebsiteRedirectLocation }),
  );
  const uri = live.uri(Key);
  expect((await live.run(["cp", "--cache-control", "no-cache", uri, uri])).code).toBe(0);
  expect(await head(Key)).toMatchObject({ WebsiteRedirectLocation, CacheControl: "no-cache" });
  const CopySource = `${live.bucket}/${Key}`;
  await s3.send(new CopyObjectCommand({ Bucket: live.bucket, Key: "site/other", CopySource }));
  expect((await head("site/other")).WebsiteRedirectLocation).toBeUndefined();
  expect(await readFile(join(live.folder, "manifest.json"), "utf8")).toContain("EncryptionStatus");
});
