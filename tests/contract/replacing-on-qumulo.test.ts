import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeObject } from "../../src/cli/commands/remove-object.ts";
import { mib } from "../../src/core/limits.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import type { FileService } from "../../src/files/file-service.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";
import { recoverReplacements } from "../../src/transfer/replace/recover-replacements.ts";

let server: TestServer;
let store: ObjectStore;
let service: FileService;
let folder: string;

beforeAll(async () => {
  server = await startTestServer({ personality: "qumulo" });
  store = server.store();
  service = server.service;
  folder = await mkdtemp(join(tmpdir(), "sms-replacing-"));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** With the directories that Qumulo lists while they are empty. */
async function keysOf(prefix: string): Promise<string[]> {
  const { objects } = await store.listObjects({ prefix });
  return objects.map(({ key }) => key).sort();
}

async function textOf(key: string): Promise<string> {
  return Buffer.from((await service.getFileContents(key)) ?? "nothing").toString();
}

async function* oneChunk(): AsyncGenerator<Buffer> {
  yield Buffer.from("new");
}

describe("every call that writes replaces an object", () => {
  const large = randomBytes(5 * mib + 1)
    .toString("hex")
    .slice(0, 5 * mib + 1);
  const writers: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    uploadBytes: (key) => service.uploadBytes("new", key),
    "uploadBytes in parts": (key) => service.uploadBytes(large, key, { partSizeBytes: 5 * mib }),
    uploadFile: async (key) => {
      await writeFile(join(folder, "new"), "new");
      await service.uploadFile(join(folder, "new"), key);
    },
    uploadStream: (key) => service.uploadStream(oneChunk(), key),
    copy: async (key) => {
      await service.uploadBytes("new", `${key}-source`);
      await service.copy(`${key}-source`, key);
      await service.deleteFile(`${key}-source`);
    },
  };
  it.each(Object.entries(writers))("%s", async (name, write) => {
    const prefix = `${name.replaceAll(" ", "-")}/`;
    const key = `${prefix}a`;
    await service.uploadBytes("old", key);
    await write(key);
    expect(["new", large]).toContain(await textOf(key));
    // No bytes beside it, and no directory of them.
    expect(await keysOf(prefix)).toEqual([key]);
    expect((await store.listMultipartUploads()).uploads).toEqual([]);
  });

  it.each(["405", "409", "412"])("whatever the refusal: %s", async (status) => {
    const refusal = `OperationAborted:${status}`;
    await using other = await startTestServer({ personality: "qumulo", overwriteRefusal: refusal });
    await other.service.uploadBytes("old", "a");
    await other.service.uploadBytes("new", "a");
    const found = Buffer.from((await other.service.getFileContents("a")) ?? "");
    expect(found.toString()).toBe("new");
  });

  it("with delete-first only where that is asked for", async () => {
    await using direct = createFileService(server.store(), { replace: "direct" });
    await direct.uploadBytes("old", "direct");
    await expect(direct.uploadBytes("new", "direct")).rejects.toMatchObject({
      code: "PermissionDenied",
      outcome: "not-applied",
    });
    expect(await textOf("direct")).toBe("old");
    await direct.uploadBytes("new", "direct", { replace: "delete-first" });
    expect(await textOf("direct")).toBe("new");
  });
});

it("of many writers at once nobody loses an object unawares", async () => {
  const key = "many/a";
  await service.uploadBytes("old", key);
  for (let round = 0; round < 5; round += 1) {
    const texts = Array.from({ length: 8 }, (_, n) => `round ${round}, writer ${n}`);
    const results = await Promise.allSettled(texts.map((text) => service.uploadBytes(text, key)));
    const won = texts.filter((_, n) => results[n]?.status === "fulfilled");
    for (const result of results) {
      if (result.status === "fulfilled") continue;
      expect(result.reason).toMatchObject({
        code: "Conflict",
        retryable: true,
        outcome: "not-applied",
      });
    }
    expect(won.length).toBeGreaterThan(0);
    expect(won).toContain(await textOf(key));
    expect(await keysOf("many/")).toEqual([key]);
  }
  expect(await recoverReplacements(store, { olderThanMs: 0 })).toEqual([]);
});

const { signal } = new AbortController();

describe("what is deleted stays deleted, though a dead writer left bytes beside it", () => {
  const deletions: Readonly<Record<string, (prefix: string) => Promise<unknown>>> = {
    deleteFile: (prefix) => service.deleteFile(`${prefix}a`),
    deleteMany: (prefix) => service.deleteMany([`${prefix}a`, `${prefix}b`]),
    deletePrefix: (prefix) => service.deletePrefix(prefix),
    move: async (prefix) => {
      await service.move(`${prefix}a`, `moved/${prefix}a`);
      await service.deletePrefix("moved/");
    },
    "syncDirectory with a selection": async (prefix) => {
      const other = join(folder, "other");
      await mkdir(other);
      await writeFile(join(other, "kept"), "x");
      const exclude = ["*.sms-staging/*"];
      await service.syncDirectory("up", other, prefix, { delete: true, exclude });
    },
    rm: (prefix) =>
      removeObject({ runtime: { signal } }, store, { key: `${prefix}a`, dryRun: false }),
  };
  it.each(Object.entries(deletions))("%s", async (name, remove) => {
    const prefix = `for-good/${name.replaceAll(" ", "-")}/`;
    await store.putObject(
      `${prefix}a.sms-staging/00000000-0000-4000-8000-000000000001`,
      Buffer.from("left"),
    );
    await service.uploadBytes("old", `${prefix}a`);
    await remove(prefix);
    await recoverReplacements(store, { olderThanMs: 0 });
    const left = await keysOf(prefix);
    expect(left.filter((key) => key.startsWith(`${prefix}a`))).toEqual([]);
  });
});
