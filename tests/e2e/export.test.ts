import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let live: LiveServer;
beforeAll(async () => {
  live = await startLiveServer();
});
afterAll(() => live.stop());

it("prints one file, and of several documents one with all", async () => {
  const script = await live.run(["export", "--format", "script"]);
  expect(script.code).toBe(0);
  expect(script.stdout).toMatch(/^#!\/usr\/bin\/env bash\n/);
  expect(script.stdout).toContain(`bucket='${live.bucket}'`);
  const needy = ["--principal", `arn:aws:iam::${live.accountId}:user/powerless`];
  const policies = await live.run(["export", "--format", "policies", ...needy]);
  expect(Object.keys(JSON.parse(policies.stdout) as object)).toContain("bucket-policy.json");
  const [json] = records((await live.run(["export", "--format", "terraform", "--json"])).stdout);
  expect(json).toMatchObject({ type: "export", format: "terraform" });
  expect(json).toHaveProperty(["files", "main.tf"]);
});

it("writes files, never over others", async () => {
  const args = ["export", "--format", "cloudformation", "--out", "out"];
  const written = await live.run(args);
  expect(written).toMatchObject({ code: 0, stdout: `${join(live.folder, "out/template.yaml")}\n` });
  expect(written.stderr).toContain("It is for AWS");
  expect(written.stderr).toContain("--change-set-type IMPORT");
  const text = await readFile(join(live.folder, "out/template.yaml"), "utf8");
  expect(text).toContain(`BucketName: "${live.bucket}"`);
  const again = await live.run(args);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain("template.yaml is there already");
  expect(await readFile(join(live.folder, "out/template.yaml"), "utf8")).toBe(text);
});

it("refuses another format, and keys that may not look", async () => {
  const other = await live.run(["export", "--format", "pulumi"]);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("none of terraform, cloudformation, script, policies");
  const stranger = await live.run(["export", "--format", "script"], { env: live.powerless });
  expect(stranger.code).not.toBe(0);
  expect(stranger.stdout).toBe("");
});
