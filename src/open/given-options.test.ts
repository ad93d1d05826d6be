import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isStorageError } from "../core/errors.ts";
import {
  type Credentials,
  type CredentialsProvider,
  FileServiceQumuloS3,
  FileServiceS3,
  type UploadContents,
  type UploadOptions,
  getSettings,
  openObjectStore,
  openStorage,
} from "../index.ts";
import { givenCredentials } from "./given-credentials.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";

let server: TestServer;
const settings = getSettings({ environment: {}, envFile: false });
const here = () => ({ bucket: server.bucket, endpointUrl: server.endpoint });

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Of any call with any arguments, as plain JavaScript makes them. */
async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return "none";
  } catch (error) {
    return isStorageError(error, "InvalidArgument") ? error.message : String(error);
  }
}

const wrong: readonly (readonly [string, unknown])[] = [
  ["settings", {}],
  ["settings", "s3"],
  ["bucket", 5],
  ["region", ""],
  ["endpointUrl", new URL("http://127.0.0.1")],
  ["credentials", "AKIAGEHEIM"],
  ["credentials", { accessKeyId: "a" }],
  ["credentials", { accessKeyId: "a", secretAccessKey: "geheim", sessionToken: 5 }],
  ["credentials", { accessKeyId: "a", secretAccessKey: "geheim", expiration: "tomorrow" }],
  ["credentials", Promise.resolve({ accessKeyId: "a", secretAccessKey: "geheim" })],
  ["expectedBucketOwner", 123456789012],
  ["expectedBucketOwner", "12"],
  ["retryForMs", "5"],
  ["sse", "foo"],
  ["directories", true],
  ["replace", "never"],
  ["temporaryDirectory", 5],
];

describe("an option of opening", () => {
  it.each(wrong)("%s is checked: %j", async (name, value) => {
    for (const Service of [FileServiceS3, FileServiceQumuloS3]) {
      const options = { settings, ...here(), [name]: value };
      const message = await messageOf(() => new Service(options));
      expect(message).toContain(`the option ${name} must be`);
      expect(message).not.toMatch(/geheim/i);
    }
    if (name === "settings") return;
    const options = { ...here(), [name]: value } as never;
    expect(await messageOf(() => openStorage(settings, options))).toContain(`option ${name}`);
    expect(await messageOf(() => openObjectStore(settings, options))).toContain(`option`);
  });

  it("that is misspelt is none", async () => {
    const options = { settings, buckt: "x" } as never;
    expect(await messageOf(() => new FileServiceS3(options))).toContain('no option "buckt"');
    expect(await messageOf(() => openStorage(settings, options))).toContain("no option");
  });

  it("does not stand in the place of the settings", async () => {
    for (const open of [openStorage, openObjectStore]) {
      const message = await messageOf(() => open({ bucket: "x" } as never));
      expect(message).toContain("its first argument is no settings object");
    }
  });

  it.each([
    [{ flags: { bucket: 5 } }, "flags"],
    [{ flags: { buckt: "x" } }, "flags"],
    [{ environment: "A=b" }, "environment"],
    [{ cwd: 5 }, "cwd"],
    [{ envFile: true }, "envFile"],
    [{ dotenv: ".env" }, "dotenv"],
  ])("of getSettings is checked: %j", async (options, name) => {
    expect(await messageOf(() => getSettings(options as never))).toContain(name);
  });

  it.each([{ bucket: 5 }, { port: -1 }, { now: new Date() }, { prot: 5 }])(
    "of startTestServer is checked: %j",
    async (options) => {
      expect(await messageOf(() => startTestServer(options as never))).toContain("startTestServer");
    },
  );
});

const providerOf = (lifetimeMs: number | undefined) =>
  vi.fn<CredentialsProvider>(() => {
    const keys: Credentials = { ...server.credentials };
    if (lifetimeMs === undefined) return Promise.resolve(keys);
    return Promise.resolve({ ...keys, expiration: new Date(Date.now() + lifetimeMs) });
  });

describe("credentials from a function", () => {
  it.each([
    ["kept while they last", 3_600_000, 1],
    ["asked for again before they end", 60_000, 3],
    ["asked for each time when they name no end", undefined, 3],
  ])("are %s", async (_what, lifetimeMs, times) => {
    const credentials = providerOf(lifetimeMs);
    await using files = new FileServiceS3({ settings, ...here(), credentials });
    for (let n = 0; n < 3; n += 1) await files.uploadBytes("x", "a");
    expect(credentials).toHaveBeenCalledTimes(times);
  });

  it("are asked for anew, in AWS's words too, when the store calls them expired", async () => {
    const credentials = providerOf(3_600_000);
    const provider = givenCredentials(credentials);
    await provider();
    await provider({ refresh: true });
    expect(credentials.mock.calls).toEqual([[], [{ refresh: true, forceRefresh: true }]]);
  });

  it.each([
    [() => Promise.reject(new Error("no session")), "no session"],
    [() => Promise.resolve({ accessKeyId: "a" }), "gave no keys"],
    [() => "keys", "gave no keys"],
  ])("that fail are Unauthenticated (%#)", async (credentials, text) => {
    await using files = new FileServiceS3({
      settings,
      ...here(),
      credentials: credentials as never,
    });
    await expect(files.exists("a")).rejects.toMatchObject({
      code: "Unauthenticated",
      message: expect.stringContaining(text),
    });
  });
});

describe("the classes", () => {
  it("can be extended and spied on", async () => {
    class Counting extends FileServiceS3 {
      calls = 0;
      override uploadBytes(contents: UploadContents, path: string, options?: UploadOptions) {
        this.calls += 1;
        return super.uploadBytes(contents, path, options);
      }
    }
    const { credentials } = server;
    await using files = new Counting({ settings, ...here(), credentials });
    await files.uploadBytes("x", "spied");
    expect(files.calls).toBe(1);
    const spy = vi.spyOn(FileServiceS3.prototype, "exists").mockResolvedValue(true);
    expect(await files.exists("missing")).toBe(true);
    expect(spy).toHaveBeenCalledWith("missing");
    spy.mockRestore();
    expect(await files.exists("missing")).toBe(false);
  });

  it("have every method on their prototype", async () => {
    const own = Object.getOwnPropertyNames(Object.getPrototypeOf(server.service) as object);
    for (const name of own) {
      expect(typeof FileServiceS3.prototype[name as keyof FileServiceS3]).toBe("function");
      expect(typeof FileServiceQumuloS3.prototype[name as keyof FileServiceS3]).toBe("function");
    }
    expect(own.length).toBeGreaterThan(15);
  });
});

describe("openObjectStore", () => {
  it("gives S3's own operations of a bucket", async () => {
    const store = await openObjectStore(settings, {
      ...here(),
      credentials: server.credentials,
      retryForMs: 0,
    });
    const { etag } = await store.putObject("direct", Buffer.from("x"), { ifAbsent: true });
    expect((await store.headObject("direct")).etag).toBe(etag);
    await store.close();
    await expect(store.headObject("direct")).rejects.toMatchObject({ code: "Closed" });
  });
});
