import { fileURLToPath } from "node:url";
import { FileServiceS3, getSettings, type FileService } from "sms-api-storage";
import { startTestServer, type TestServer } from "sms-api-storage/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { summarize } from "./summarize.ts";

const world = fileURLToPath(new URL("world.yaml", import.meta.url));

async function putRuns(files: FileService): Promise<void> {
  await files.uploadBytes(JSON.stringify({ growthRate: 0.5 }), "exp-7/runs/1.json");
  await files.uploadBytes(JSON.stringify({ growthRate: 1.5 }), "exp-7/runs/2.json");
}

describe("on a server with users of its own", () => {
  let server: TestServer;
  const opened: FileService[] = [];

  /** Files in the bucket of the world, as one of its users sees them. */
  function filesOf(user: string): FileService {
    const settings = getSettings({
      environment: { ...server.env, STORAGE_S3_BUCKET: "results" },
      envFile: false,
    });
    const credentials = server.credentialsOf("111122223333", user);
    const files = new FileServiceS3({ settings, credentials });
    opened.push(files);
    return files;
  }

  beforeAll(async () => {
    server = await startTestServer({ world });
  });
  // Milliseconds: every test finds the server as it was at first.
  beforeEach(() => server.reset());
  afterAll(async () => {
    await Promise.all(opened.map((files) => files.close()));
    await server.close();
  });

  test("a summary is written beside the runs", async () => {
    const files = filesOf("scientist");
    await putRuns(files);
    expect(await summarize(files, "exp-7")).toEqual({ runs: 2, meanGrowthRate: 1 });
    const written = await files.getFileContents("exp-7/summary.json");
    expect(JSON.parse(String(written))).toEqual({ runs: 2, meanGrowthRate: 1 });
  });

  test("whoever may only read is refused, and nothing is written", async () => {
    await putRuns(filesOf("scientist"));
    const visitor = filesOf("visitor");
    await expect(summarize(visitor, "exp-7")).rejects.toMatchObject({ code: "PermissionDenied" });
    expect(await visitor.exists("exp-7/summary.json")).toBe(false);
  });

  test("it works on a day when the store throttles and connections break", async () => {
    const files = filesOf("scientist");
    await putRuns(files);
    server.faults.set([
      { fault: "slow-down", operations: ["PutObject"], count: 2 },
      { fault: "reset", operations: ["GetObject"], count: 1 },
    ]);
    expect(await summarize(files, "exp-7")).toMatchObject({ runs: 2 });
    expect(server.faults.counts()).toMatchObject([{ injected: 2 }, { injected: 1 }]);
  });

  test("bytes that were damaged on the way are never summed up", async () => {
    const files = filesOf("scientist");
    await putRuns(files);
    server.faults.set([{ fault: "damaged-bytes" }]);
    await expect(summarize(files, "exp-7")).rejects.toMatchObject({ code: "IntegrityError" });
  });
});

test("a second summary replaces the first one where overwrites are refused", async () => {
  const server = await startTestServer({ personality: "qumulo" });
  try {
    await putRuns(server.service);
    await summarize(server.service, "exp-7");
    await server.service.deleteFile("exp-7/runs/2.json");
    expect(await summarize(server.service, "exp-7")).toEqual({ runs: 1, meanGrowthRate: 0.5 });
  } finally {
    await server.close();
  }
});
