import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

vi.setConfig({ testTimeout: 60_000 });

let live: LiveServer;
beforeAll(async () => {
  live = await startLiveServer();
});
afterAll(() => live.stop());

/** Everything in the settings that must not be shown. */
function secretsOf(env: Readonly<Record<string, string>>): string[] {
  const names = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"];
  return names.map((name) => env[`STORAGE_S3_${name}`]).filter((value) => value !== undefined);
}

describe("--debug", () => {
  it.each([
    ["a session", () => live.env, 3],
    ["lasting keys", () => live.administrator, 2],
    ["a session that has ended", () => live.expired, 3],
  ])("with %s shows what goes over the wire, and no secret", async (_whose, whose, count) => {
    const env = whose();
    const secrets = secretsOf(env);
    expect(secrets).toHaveLength(count);
    const commands = [
      ["cp", "-", live.uri("a")],
      ["ls", "--json"],
      ["cp", live.uri("a"), "-"],
      ["presign", live.uri("a")],
      ["plan"],
      ["rm", live.uri("a")],
    ];
    for (const command of commands) {
      const { stderr } = await live.run([...command, "--debug"], { env, input: "x" });
      expect(stderr).toMatch(
        /\bA(SI|KI)A\*{8}.*environment STORAGE_S3_|environment STORAGE_S3_.*A\*{8}/,
      );
      for (const secret of secrets) expect(stderr).not.toContain(secret);
      expect(stderr).not.toMatch(/Signature=[0-9a-f%]/i);
      expect(stderr).not.toMatch(/security-token(: |":")[^*]/i);
    }
  });

  it("names each request, its answer and the number by which the store knows it", async () => {
    const { stderr, stdout } = await live.run(["head", "nothing", "--debug"]);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^debug: > #1 HeadObject HEAD http:\/\/127\.0\.0\.1:\d+\/sms-e2e-bucket\/nothing \(.*x-amz-date: .*\)$/m,
    );
    expect(stderr).toMatch(/^debug: < #1 HeadObject 404 after \d+\.\d ms, request \w+$/m);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it("is JSON beside JSON, on standard error, also with --quiet", async () => {
    const { stderr } = await live.run(["exists", "nothing", "--debug", "--json", "--quiet"]);
    const types = records(stderr).map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(["debug-credentials", "debug-request", "debug-answer"]);
    expect(types.every((type) => String(type).startsWith("debug-"))).toBe(true);
  });

  it("shows the set-up's requests too", async () => {
    const { stderr } = await live.run(["plan", "--debug"]);
    expect(stderr).toMatch(/^debug: > #\d+ GetBucketVersioning GET http:.*versioning/m);
    expect(stderr).toMatch(/^debug: < #\d+ GetBucketVersioning 200 after /m);
  });

  it("tells of attempts that are made again", async () => {
    const env = { ...live.env, STORAGE_S3_ENDPOINT_URL: "http://127.0.0.1:1" };
    const { stderr } = await live.run(["ls", "--debug", "--retry-seconds", "0.1"], { env });
    expect(stderr).toMatch(/^debug: < #1 ListObjectsV2 no answer after .*ECONNREFUSED/m);
    expect(stderr).toMatch(
      /^debug: ListObjectsV2: attempt 1 failed \(Unavailable\), again in \d+ ms/m,
    );
  });

  it("without it nothing of this is said", async () => {
    const { stderr } = await live.run(["presign", "a"]);
    expect(stderr).not.toContain("debug");
  });
});
