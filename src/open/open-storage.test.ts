import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isStorageError, StorageError } from "../core/errors.ts";
import { FileServiceQumuloS3, FileServiceS3, getSettings, openStorage } from "../index.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { openBucketAdmin } from "./open-bucket-admin.ts";
import { openObjectStore } from "./open-object-store.ts";

let server: TestServer;
let folder = "";
let environmentBefore: NodeJS.ProcessEnv = {};
const folderBefore = process.cwd();

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-open-"));
  environmentBefore = { ...process.env };
  // Where `npm start` has run, a .env lies in the project's folder.
  process.chdir(folder);
  for (const name of Object.keys(process.env)) {
    if (/^(?:AWS|STORAGE)_/.test(name)) delete process.env[name];
  }
});
afterEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (!(name in environmentBefore)) delete process.env[name];
  }
  Object.assign(process.env, environmentBefore);
  process.chdir(folderBefore);
  await rm(folder, { recursive: true });
});

const settingsOf = (environment: Record<string, string>) =>
  getSettings({ environment, envFile: false });

function failure(action: () => unknown): StorageError {
  try {
    action();
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
  throw new Error("no error");
}

const qumulo = () => ({
  STORAGE_QUMULO_ENDPOINT_URL: server.endpoint,
  STORAGE_QUMULO_BUCKET: server.bucket,
  STORAGE_QUMULO_ACCESS_KEY_ID: server.credentials.accessKeyId,
  STORAGE_QUMULO_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
});

const caFailure = (caFile: string) =>
  failure(
    () =>
      new FileServiceS3({
        settings: settingsOf({ ...server.env, STORAGE_S3_CA_FILE: caFile }),
      }),
  ).message;

describe("FileServiceS3", () => {
  it("works from the environment alone, as the guide has it", async () => {
    Object.assign(process.env, server.env);
    await using service = new FileServiceS3();
    expect(service.bucket).toBe(server.bucket);
    await service.uploadBytes(Buffer.from("Hello, world!"), "test/hello.txt");
    const [key, path] = await service.downloadFile("test/hello.txt", join(folder, "hello.txt"));
    expect([key, path]).toEqual(["test/hello.txt", join(folder, "hello.txt")]);
    const [item] = await service.getListing("test/");
    expect(item).toMatchObject({ Key: "test/hello.txt", Size: 13 });
    expect(await service.getModifiedDate("test/hello.txt")).toEqual(item?.LastModified);
    await service.deleteFile("test/hello.txt");
    expect(await service.getFileContents("test/hello.txt")).toBeNull();
  });

  it("takes session keys whole", async () => {
    const { accessKeyId, secretAccessKey, sessionToken = "" } = server.ssoCredentials;
    const settings = settingsOf({
      ...server.env,
      STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
      STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
      STORAGE_S3_SESSION_TOKEN: sessionToken,
    });
    await using service = new FileServiceS3({ settings });
    expect(await service.exists("none")).toBe(false);
  });

  it("takes bucket, endpoint and keys from the program, and asks its provider", async () => {
    let asked = 0;
    await using service = new FileServiceS3({
      settings: settingsOf({}),
      bucket: server.bucket,
      endpointUrl: server.endpoint,
      credentials: () => {
        asked += 1;
        return Promise.resolve(server.credentials);
      },
    });
    expect(await service.exists("none")).toBe(false);
    expect(asked).toBeGreaterThan(0);
  });

  it("uses AWS's chain when there are no keys", async () => {
    const { accessKeyId, secretAccessKey } = server.credentials;
    const profile = [
      "[sims]",
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretAccessKey}`,
    ].join("\n");
    await writeFile(join(folder, "credentials"), profile);
    process.env["AWS_SHARED_CREDENTIALS_FILE"] = join(folder, "credentials");
    process.env["AWS_CONFIG_FILE"] = join(folder, "config");
    const settings = settingsOf({
      STORAGE_S3_BUCKET: server.bucket,
      STORAGE_S3_ENDPOINT_URL: server.endpoint,
      AWS_PROFILE: "sims",
    });
    await using service = new FileServiceS3({ settings });
    expect(await service.exists("none")).toBe(false);
  });

  it("says what is missing before anything connects", () => {
    const noBucket = failure(() => new FileServiceS3({ settings: settingsOf({}) }));
    expect(noBucket.message).toContain("STORAGE_S3_BUCKET");
    process.env["STORAGE_S3_BUCKET"] = "sims";
    process.env["STORAGE_S3_SECRET_ACCESS_KEY"] = "s";
    const half = failure(() => new FileServiceS3());
    expect(half.code).toBe("ConfigurationError");
    expect(half.message).toContain("STORAGE_S3_ACCESS_KEY_ID is missing");
  });

  it.each([
    ["the option", {}, { retryForMs: 0 }],
    ["the setting", { STORAGE_RETRY_SECONDS: "0" }, {}],
  ])("does not try again where %s says so", async (_what, environment, options) => {
    const gone = { ...server.env, STORAGE_S3_ENDPOINT_URL: "http://127.0.0.1:1" };
    const settings = settingsOf({ ...gone, ...environment });
    await using service = new FileServiceS3({ settings, ...options });
    const error: unknown = await service.exists("x").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "Unavailable", retryable: true });
    expect((error as StorageError).message).not.toMatch(/tried/);
  });

  it.each([-1, Number.NaN, 3_600_001])("refuses to try again for %d ms", (retryForMs) => {
    const settings = settingsOf(server.env);
    expect(failure(() => new FileServiceS3({ settings, retryForMs }))).toMatchObject({
      code: "ConfigurationError",
      message: `retryForMs is ${retryForMs}.`,
    });
  });

  it("keeps downloads without a target in the cache folder, until it is closed", async () => {
    const cache = join(folder, "deep", "cache");
    const settings = settingsOf({ ...server.env, STORAGE_LOCAL_CACHE_DIR: cache });
    const service = new FileServiceS3({ settings });
    await service.uploadBytes("x", "cached.txt");
    const [, path] = await service.downloadFile("cached.txt");
    expect(path.startsWith(cache)).toBe(true);
    await service.close();
    await expect(stat(path)).rejects.toThrow("ENOENT");
    expect(isStorageError(await service.exists("x").catch((e: unknown) => e), "Closed")).toBe(true);
  });
});

describe("FileServiceQumuloS3", () => {
  it("works from its own variables, whatever STORAGE_BACKEND says", async () => {
    Object.assign(process.env, qumulo());
    await using service = new FileServiceQumuloS3();
    expect(service.capabilities.overwrite).not.toBe("yes");
    await service.uploadBytes("1", "q.txt");
    await service.uploadBytes("22", "q.txt");
    expect((await service.stat("q.txt")).Size).toBe(2);
  });

  it("takes everything from the program", async () => {
    await using service = new FileServiceQumuloS3({
      settings: settingsOf({}),
      bucket: server.bucket,
      endpointUrl: server.endpoint,
      credentials: server.credentials,
    });
    expect(await service.exists("none")).toBe(false);
  });

  it("never falls back to AWS", () => {
    const error = failure(() => new FileServiceQumuloS3({ settings: settingsOf({}) }));
    expect(error.message).toContain("STORAGE_QUMULO_ENDPOINT_URL");
  });
});

describe("openStorage", () => {
  it("takes the backend that is set", async () => {
    Object.assign(process.env, server.env);
    await using s3 = await openStorage();
    expect(s3.capabilities.overwrite).toBe("yes");
    await using other = await openStorage(settingsOf(server.env), { bucket: "other" });
    expect(other.bucket).toBe("other");
  });

  it("rejects, and does not throw, for wrong settings", async () => {
    process.env["STORAGE_S3_REGION"] = "nowhere";
    await expect(openStorage()).rejects.toThrow("no AWS region");
  });

  it("reads a private authority, and refuses what is none", () => {
    expect(caFailure(join(folder, "none.pem"))).toContain("cannot be read");
    expect(caFailure(new URL(import.meta.url).pathname)).toContain("no PEM certificate");
  });
});

describe("openObjectStore and openBucketAdmin", () => {
  it("work on any bucket of the settings' store", async () => {
    const settings = settingsOf(server.env);
    const { admin, owner } = await openBucketAdmin(settings);
    expect(owner).toBe(server.accountId);
    await admin.createBucket({ bucket: "fresh", region: "us-east-1" });
    expect(await admin.headBucket("fresh")).toEqual({ state: "present", region: "us-east-1" });
    const store = await openObjectStore(settings, { bucket: "fresh" });
    await store.putObject("k", Buffer.from("1"));
    expect((await store.headObject("k")).sizeBytes).toBe(1);
    await store.close();
    admin.close();
  });
});
