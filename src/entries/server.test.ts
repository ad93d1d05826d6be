import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStorage } from "../open/open-storage.ts";
import { getSettings } from "../settings/get-settings.ts";
import { type ServerOptions, startServer, type StorageServer } from "./server.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-server-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const keys = { accessKeyId: "AKIAOFTHISTEST000000", secretAccessKey: "a-secret-of-this-test" };

async function roundTrip(server: StorageServer): Promise<string | undefined> {
  const environment = server.environment("runs");
  const flags = environment["STORAGE_S3_CA_FILE"];
  const settings = getSettings({ environment, envFile: false });
  const { openBucketService } = await import("../open/open-bucket-service.ts");
  const service = openBucketService(settings);
  await service.createBucket("runs").catch(() => undefined);
  await service.close();
  await using files = await openStorage(settings);
  await files.uploadBytes("packed", "a.txt");
  const back = await files.getFileContents("a.txt");
  return `${Buffer.from(back ?? []).toString()}${flags === undefined ? "" : " over TLS"}`;
}

describe("the embedded server from a program", () => {
  it("serves a folder, with the keys that it is given, and lets it go", async () => {
    const dataDir = join(folder, "data");
    const seen: string[] = [];
    const options: ServerOptions = {
      dataDir,
      port: 0,
      adminPort: 0,
      credentials: keys,
      logger: ({ kind }) => seen.push(kind),
    };
    const server = await startServer(options);
    expect(server).toMatchObject({ dataDir, region: "us-east-1", credentials: keys });
    expect(server.endpoint).toBe(`http://127.0.0.1:${server.port}`);
    expect((await fetch(`${server.adminEndpoint}/readyz`)).status).toBe(200);
    const settings = getSettings({
      envFile: false,
      environment: {
        ...server.environment("runs"),
        STORAGE_S3_ACCESS_KEY_ID: keys.accessKeyId,
        STORAGE_S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
        STORAGE_S3_SESSION_TOKEN: undefined,
      },
    });
    const { openBucketService } = await import("../open/open-bucket-service.ts");
    const service = openBucketService(settings);
    await service.createBucket("runs");
    await server.renew();
    await service.deleteBucket("runs");
    await service.close();
    expect(await roundTrip(server)).toBe("packed");
    await expect(startServer({ ...options, port: 0, adminPort: 0 })).rejects.toMatchObject({
      code: "Conflict",
    });
    await Promise.all([server.close(), server.close()]);
    expect(seen).toContain("request");
    // Those of the folder again, and what it holds.
    await using again = await startServer({ dataDir, port: 0 });
    expect(again.credentials.accessKeyId).not.toBe(keys.accessKeyId);
    expect(await roundTrip(again)).toBe("packed");
  });

  it("keeps nothing where that is wished, speaks HTTPS, and plays another store", async () => {
    const before = new Set(await readdir(tmpdir()));
    const server = await startServer({ ephemeral: true, port: 0, tlsSelfSigned: true });
    expect(server.endpoint).toMatch(/^https:/);
    expect(await roundTrip(server)).toBe("packed over TLS");
    await server.close();
    const qumulo = { ephemeral: true, port: 0, personality: "qumulo" };
    for (const options of [qumulo, { ...qumulo, tlsSelfSigned: true }]) {
      await using cluster = await startServer(options);
      expect(cluster.environment("runs")).toMatchObject({ STORAGE_BACKEND: "qumulo" });
      expect(await roundTrip(cluster)).toMatch(/^packed/);
    }
    const after = (await readdir(tmpdir())).filter((name) => !before.has(name));
    expect(after.filter((name) => name.startsWith("sms-storage-"))).toEqual([]);
  });

  it("ends when its signal says so", async () => {
    const aborted = startServer({ ephemeral: true, port: 0, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "Aborted" });
    const controller = new AbortController();
    const server = await startServer({ ephemeral: true, port: 0, signal: controller.signal });
    controller.abort();
    await server.close();
    await expect(fetch(server.endpoint)).rejects.toThrow("fetch failed");
  });

  it.each([
    [{ port: 70_000 }, "port must be"],
    [{ port: "9000" }, "port must be"],
    [{ dataDir: "" }, "dataDir must be"],
    [{ dataDir: "a", ephemeral: true }, "ephemeral and dataDir contradict each other"],
    [{ port: 9000, adminPort: 9000 }, "port and adminPort contradict each other"],
    [{ tlsCert: "a" }, "tlsCert and tlsKey belong together"],
    [{ tlsCert: "a", tlsKey: "b", tlsSelfSigned: true }, "contradict each other"],
    [{ credentials: { accessKeyId: "a" } }, "credentials must be"],
    [{ credentials: { accessKeyId: "abc", secretAccessKey: "short" } }, "credentials must be"],
    [{ sso: "yes" }, 'sso must be one of "page"'],
    [{ scrub: -1 }, "scrub must be"],
    [{ lifecycleDay: 0 }, "lifecycleDay must be"],
    [{ maxConnections: 0 }, "maxConnections must be"],
    [{ trustedProxy: "10.0.0.0/8" }, "trustedProxy must be"],
    [{ trustedProxy: [{}] }, "trustedProxy must be"],
    [{ region: "../../x\n" }, "region must be"],
    [{ credentials: { accessKeyId: {}, secretAccessKey: [] } }, "credentials must be"],
    [{ dataFolder: "a" }, 'startServer has no option "dataFolder"'],
  ])("refuses %j", async (options, words) => {
    const refused = startServer(options as ServerOptions);
    await expect(refused).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining(words) as unknown,
    });
  });

  it.each([
    { host: "0.0.0.0" },
    { adminPort: 0, adminHost: "0.0.0.0" },
    { adminPort: 0, adminHost: "::" },
  ])("refuses what would be read on the way: %j", async (place) => {
    const open = startServer({ ephemeral: true, port: 0, ...place });
    await expect(open).rejects.toMatchObject({
      code: "ConfigurationError",
      message: expect.stringContaining("other machines reach the server") as unknown,
    });
  });

  it("uses what it has checked, though it is another at the second look", async () => {
    let looks = 0;
    const credentials = {
      accessKeyId: "AKIATWICE",
      get secretAccessKey(): string {
        looks += 1;
        return looks === 1 ? "once-and-for-all" : "second\r\nx-evil: 1";
      },
    };
    await using server = await startServer({ ephemeral: true, port: 0, credentials });
    expect(server.credentials.secretAccessKey).toBe("once-and-for-all");
    expect(looks).toBe(1);
  });
});
