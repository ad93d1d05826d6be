import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Settings } from "../settings/settings.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import * as setup from "./setup.ts";

let folder: string;
let server: TestServer;
let settings: Settings;
const wish = { bucket: "lab-data", lifecycle: { testDays: 3 } } as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-setup-"));
  server = await startTestServer();
  settings = setup.getSettings({ environment: server.env, envFile: false });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

describe("a set-up from a program", () => {
  it("refuses a wish that cannot be meant before a store is asked", async () => {
    const nowhere = setup.getSettings({
      environment: { ...server.env, STORAGE_S3_ENDPOINT_URL: "http://127.0.0.1:1" },
      envFile: false,
    });
    const wrong = { bucket: "lab-data", foo: 1 } as setup.BucketWish;
    for (const wished of [setup.plan, setup.verify, setup.drift]) {
      await expect(wished(wrong, { settings: nowhere })).rejects.toMatchObject({
        code: "InvalidArgument",
        message: expect.stringContaining("foo") as unknown,
      });
    }
  });

  it("plans, applies, proves and watches, as plain data", async () => {
    const made = await setup.plan(wish, { settings });
    expect(made.summary).toMatchObject({ upToDate: false, complete: true, blockers: [] });
    expect(made.desired.envFile).toBe("unmanaged");
    const steps: string[] = [];
    const given = JSON.parse(JSON.stringify(made)) as Mutable<setup.SetupPlan>;
    const applying = setup.apply(given, {
      settings,
      backupFolder: folder,
      onStep: ({ type }) => steps.push(type),
    });
    // What its caller does with it after the call is no part of it.
    given.desired = { ...given.desired, bucket: "another-bucket" };
    const done = await applying;
    expect(done.succeeded).toBe(true);
    expect(steps).toContain("step-ended");
    expect((await setup.plan(wish, { settings })).summary.upToDate).toBe(true);
    const checks: string[] = [];
    const onCheck = ({ title }: setup.Check): unknown => checks.push(title);
    const proof = await setup.verify(wish, { settings, patient: false, onCheck });
    expect(proof.passed).toBe(true);
    expect(checks).toHaveLength(proof.checks.length);
    const first = await setup.drift(wish, { settings });
    expect(first).toMatchObject({ bucket: "lab-data", drifted: false });
    const changed = await setup.drift(
      { ...wish, versioning: "Suspended" },
      { settings, baseline: first.baseline },
    );
    expect(changed.findings.filter(({ kind }) => kind === "declared")).toHaveLength(1);
  });

  it("judges a wish before it looks for credentials", async () => {
    const none = setup.getSettings({
      environment: { AWS_EC2_METADATA_DISABLED: "true", HOME: folder },
      envFile: false,
    });
    const misspelt = { bucket: "lab-data", versionning: "Enabled" } as setup.BucketWish;
    for (const asked of [setup.plan, setup.verify, setup.drift]) {
      await expect(asked(misspelt, { settings: none })).rejects.toMatchObject({
        code: "InvalidArgument",
        message: expect.stringContaining("versionning"),
      });
    }
  });

  it("finds no bucket where there is none, as the commands do", async () => {
    const missing = { bucket: "lab-data-typo" };
    await expect(setup.drift(missing, { settings })).rejects.toMatchObject({ code: "NotFound" });
    const { passed, checks } = await setup.verify(missing, { settings, patient: false });
    expect(passed).toBe(false);
    expect(checks.filter(({ status }) => status === "passed")).toEqual([]);
  });

  it("writes the .env that it is given, and none else", async () => {
    const envFile = join(folder, ".env");
    const made = await setup.plan(wish, { settings, envFile });
    await expect(setup.apply(made, { settings })).rejects.toMatchObject({
      code: "InvalidArgument",
      message: "apply: the plan writes a .env, and none is named.",
    });
    expect(await readdir(folder)).not.toContain(".env");
    await setup.apply(made, { settings, envFile });
    expect(setup.getSettings({ environment: {}, envFile }).storageS3Bucket).toBe("lab-data");
  });

  it("judges, explains and looks for what is broken", async () => {
    const { findings, summary } = await setup.audit("lab-data", { settings });
    expect(summary.counts.pass).toBeGreaterThan(5);
    const failed = findings.find(({ status }) => status === "fail");
    const mutes = failed === undefined ? [] : [{ id: failed.id, reason: "of a test" }];
    const again = await setup.audit("lab-data", { settings, mutes });
    expect(again.summary.counts.muted).toBe(summary.counts.muted + mutes.length);
    const asked = { action: "s3:PutObject", bucket: "lab-data", key: "a" };
    expect(await setup.explain(asked, { settings })).toMatchObject({ outcome: "allowed" });
    const layers: string[] = [];
    const report = await setup.doctor({
      settings: { ...settings, storageS3Bucket: "lab-data" },
      onLayer: ({ name }) => void layers.push(name),
    });
    expect(report.healthy).toBe(true);
    expect(layers).toEqual(report.layers.map(({ name }) => name));
    const ill = await setup.doctor({ settings: { ...settings, storageS3Bucket: "none-there" } });
    expect(ill.healthy).toBe(false);
    expect(ill.findings[0]?.remedy).toBeDefined();
  });

  it("is taken back where nothing would be lost, its name said twice", async () => {
    const options = { settings, backupFolder: join(folder, "kept"), confirm: "lab-data" };
    await expect(
      setup.teardown("lab-data", { ...options, confirm: "lab-date" }),
    ).rejects.toMatchObject({ code: "InvalidArgument" });
    const store = server.store("lab-data");
    const { versionId } = await store.putObject("a", Buffer.from("a"));
    await expect(setup.teardown("lab-data", options)).rejects.toMatchObject({
      code: "Conflict",
      message: expect.stringContaining("holds 1 object or version") as unknown,
    });
    await store.deleteObject("a", versionId === undefined ? {} : { versionId });
    for (const { key, versionId: id } of (await store.listObjectVersions()).versions) {
      await store.deleteObject(key, { versionId: id });
    }
    const { kept } = await setup.teardown("lab-data", options);
    expect(kept).toHaveLength(1);
    await expect(setup.audit("lab-data", { settings })).rejects.toMatchObject({ code: "NotFound" });
    await expect(setup.teardown("lab-data", options)).rejects.toMatchObject({ code: "NotFound" });
  });
});

/** As plain JavaScript calls them. */
const functions: Readonly<Record<string, (...args: never[]) => Promise<unknown>>> = {
  plan: setup.plan,
  apply: setup.apply,
  verify: setup.verify,
  drift: setup.drift,
  audit: setup.audit,
  explain: setup.explain,
  doctor: setup.doctor,
  teardown: setup.teardown,
};
const good: Readonly<Record<string, readonly unknown[]>> = {
  plan: [wish],
  apply: [{ formatVersion: 1, desired: { envFile: "unmanaged" } }],
  verify: [wish],
  drift: [wish],
  audit: ["lab-data"],
  explain: [{ action: "s3:GetObject", bucket: "b", key: "k" }],
  doctor: [],
  teardown: ["lab-data"],
};

function call(name: string, ...args: readonly unknown[]): Promise<unknown> {
  const called = functions[name];
  if (called === undefined) throw new Error(`no function ${name}`);
  return Reflect.apply(called, undefined, args) as Promise<unknown>;
}

describe("a call that cannot be meant", () => {
  it.each(Object.keys(functions))("of %s is refused before any request", async (name) => {
    const elsewhere = { ...settings, storageS3EndpointUrl: "http://127.0.0.1:1" };
    const confirm = name === "teardown" ? { confirm: "lab-data" } : {};
    for (const wrong of [{ timeoutMs: 0 }, { signal: "x" }, { onEvent: 5 }, { settings: 5 }]) {
      const options = { settings: elsewhere, ...confirm, ...wrong };
      const failed = call(name, ...(good[name] ?? []), options);
      await expect(failed).rejects.toMatchObject({ code: "InvalidArgument" });
    }
    const misspelt = { settings: elsewhere, ...confirm, setings: elsewhere };
    await expect(call(name, ...(good[name] ?? []), misspelt)).rejects.toMatchObject({
      message: `${name} has no option "setings".`,
    });
  });

  it.each(Object.keys(functions))("of %s ends when its signal says so", async (name) => {
    const confirm = name === "teardown" ? { confirm: "lab-data" } : {};
    const options = { settings, ...confirm, signal: AbortSignal.abort() };
    await expect(call(name, ...(good[name] ?? []), options)).rejects.toMatchObject({
      code: "Aborted",
    });
  });

  it("ends amid its work as well", async () => {
    const controller = new AbortController();
    const running = setup.plan({ bucket: "soon-ended" }, { settings, signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(running).rejects.toMatchObject({ code: "Aborted" });
  });

  it("says of a wish what is wrong in it", async () => {
    for (const [wrong, words] of [
      [{ bucket: "b", versionig: "Enabled" }, "versionig"],
      [{ bucket: "lab-data", versioning: "On" }, "versioning"],
      [{ bucket: "lab-data", lifecycle: { testDays: 0 } }, "testDays"],
      [{ bucket: "lab-data", policy: { principals: ["me"] } }, "principals"],
      ["lab-data", "the wish must be an object"],
    ] as const) {
      const failed = call("plan", wrong, { settings });
      await expect(failed).rejects.toMatchObject({
        code: "InvalidArgument",
        message: expect.stringMatching(new RegExp(`^plan: .*${words}`, "s")) as unknown,
      });
    }
  });

  it("says of a request to explain what is wrong in it", async () => {
    for (const wrong of [
      undefined,
      {},
      { action: "s3:PutObjekt", bucket: "b", key: "k" },
      { action: "s3:PutObject", bucket: "b" },
      { action: "s3:PutObject", bucket: "b", key: "k", sessionPolicy: "{}" },
      { action: "s3:PutObject", bucket: "b", key: "k", context: { a: 5 } },
    ]) {
      await expect(call("explain", wrong, { settings })).rejects.toMatchObject({
        code: "InvalidArgument",
      });
    }
  });
});
