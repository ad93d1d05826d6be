import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { getSettings } from "../settings/get-settings.ts";
import { createDesiredState } from "../setup/desired-state.ts";
import { startEmbeddedServer, type EmbeddedServer } from "./embedded-server.ts";
import { embeddedEnvironment, writeEmbeddedSettings } from "./embedded-settings.ts";
import { openSetupSession } from "./setup-session.ts";

let embedded: EmbeddedServer;
let folder: string;
let requests = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "setup-session-"));
  embedded = await startEmbeddedServer({
    directory: undefined,
    host: "127.0.0.1",
    port: 0,
    region: "us-east-1",
    logger: (event) => {
      if (event.kind === "request") requests += 1;
    },
  });
});

afterAll(async () => {
  await embedded.close();
  await rm(folder, { recursive: true, force: true });
});

describe("openSetupSession", () => {
  it("plans, applies and verifies on an embedded server, asking once whose account it is", async () => {
    const environment = embeddedEnvironment(embedded, "session-bucket");
    const settings = getSettings({ environment, envFile: false });
    const envFile = join(folder, ".env");
    const session = await openSetupSession({ settings, envFile, backupFolder: folder });
    expect(requests).toBe(1);
    const desired = createDesiredState({
      bucket: "session-bucket",
      region: "us-east-1",
      endpointUrl: embedded.server.endpoint,
      ownerAccountId: session.owner,
    });
    expect(session.owner).toMatch(/^\d{12}$/);
    const plan = await session.plan(desired);
    expect((await session.apply(plan)).succeeded).toBe(true);
    const open = sockets();
    expect((await session.verify(desired, { patient: false })).passed).toBe(true);
    // The store that the probes used is closed again, with its connections.
    await vi.waitFor(() => expect(sockets()).toBeLessThanOrEqual(open), 30_000);
    expect(await readFile(envFile, "utf8")).toContain("STORAGE_S3_BUCKET=session-bucket");

    // The role is an administrator's, so that an Allow for it would have no effect.
    const policy = plan.aspects.find(({ aspect }) => aspect === "policy");
    expect(policy).toMatchObject({ status: "same", changes: [] });
    expect(policy?.notes.map(({ text }) => text).join()).toContain("IAM's simulator shows");

    const second = await session.plan({ ...desired, lifecycle: { testDays: 3 } });
    const { steps } = await session.apply(second);
    const kept = await readdir(join(folder, "session-bucket"));
    expect(kept).toHaveLength(1);
    expect(steps.find(({ aspect }) => aspect === "lifecycle")?.backup).toContain(kept[0]);
    session.close();
  });
});

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

describe("writeEmbeddedSettings", () => {
  it("leaves a file alone that leads to another store", async () => {
    const values = embeddedEnvironment(embedded, "session-bucket");
    const file = join(folder, "own.env");
    expect(await writeEmbeddedSettings(embedded, values, file)).toMatchObject({ file });
    expect((await writeEmbeddedSettings(embedded, values, file)).changed).toEqual([]);
    const elsewhere = join(folder, "elsewhere.env");
    const aws = { STORAGE_S3_BUCKET: "lab" };
    await writeEmbeddedSettings(embedded, aws, elsewhere);
    expect(await writeEmbeddedSettings(embedded, values, elsewhere)).toMatchObject({
      file: join(embedded.directory, "settings.env"),
      otherStore: "s3://lab on AWS",
    });
    expect(await readFile(elsewhere, "utf8")).toBe("STORAGE_S3_BUCKET=lab\n");
  });
});
