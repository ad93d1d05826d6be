import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startEmbeddedServer } from "./embedded-server.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "embedded-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const start = async (host = "127.0.0.1", plainHttp = false) =>
  await startEmbeddedServer({ directory, host, port: 0, region: "us-east-1", plainHttp });

it("listens beyond this machine with TLS or with consent alone", async () => {
  await expect(start("0.0.0.0")).rejects.toMatchObject({
    code: "ConfigurationError",
    message: expect.stringContaining("0.0.0.0"),
    remedy: expect.stringContaining("--allow-plain-http"),
  });
  await (await start("0.0.0.0", true)).close();
  const tls = { selfSigned: true } as const;
  const secure = await startEmbeddedServer({
    directory,
    host: "0.0.0.0",
    port: 0,
    region: "us-east-1",
    tls,
  });
  expect(secure.server.endpoint).toMatch(/^https:/);
  await secure.close();
});

it("takes keys over that identities.json says anew, and keeps to the old where it is broken", async () => {
  const embedded = await start();
  const { identities } = embedded.server;
  const path = embedded.identitiesFile;
  const old = embedded.administrator.accessKeyId;
  const text = await readFile(path, "utf8");
  const fresh = "AKIAFRESHFRESHFRESHF";
  const isKnown = (key: string) => identities.findByAccessKey(key, new Date()) !== undefined;

  await writeFile(path, text.replaceAll(old, fresh));
  await embedded.renewIdentities();
  expect([isKnown(old), isKnown(fresh)]).toEqual([false, true]);

  await writeFile(path, "{");
  await expect(embedded.renewIdentities()).rejects.toMatchObject({ code: "ConfigurationError" });
  await rm(path);
  await expect(embedded.renewIdentities()).rejects.toMatchObject({
    message: `${path} is not there any more.`,
  });
  expect(isKnown(fresh)).toBe(true);
  await embedded.close();
});
