import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// The doctor as a process: its words, its exit codes, what it mends and what it writes.

let live: LiveServer;

beforeAll(async () => {
  live = await startLiveServer();
});

afterAll(() => live.stop());

const checkFailed = 8;

describe("doctor", { timeout: 60_000 }, () => {
  it("ends with 0 where all works, and says each layer", async () => {
    const { code, stdout } = await live.run(["doctor"]);
    expect(stdout).toMatch(/^✔ Network[\s\S]*✔ Bucket[\s\S]*✔ Large objects/m);
    expect(stdout).toMatch(/All of it works/);
    expect(code).toBe(0);
  });

  it("ends with 8 and names cause, evidence and remedy; the rest is not reached", async () => {
    const { code, stdout } = await live.run(["doctor", "--json", "s3://nobody-made-this-bucket"]);
    expect(code).toBe(checkFailed);
    const all = records(stdout);
    expect(all.find(({ type }) => type === "finding")).toMatchObject({
      id: "D25",
      layer: "bucket",
      page: "docs/findings/D25.md",
    });
    expect(all.find(({ type }) => type === "summary")).toMatchObject({
      healthy: false,
      notReached: 5,
    });
  });

  it("writes a report without keys", async () => {
    const file = join(live.folder, "report.json");
    await live.run(["doctor", "--bundle", file, "--hide-accounts"], { env: live.expired });
    const text = await readFile(file, "utf8");
    expect(text).toContain('"type": "doctor"');
    for (const secret of Object.values(live.expired).filter((value) => value.length > 30)) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toContain(live.accountId);
  });

  it("asks before it mends, and mends with --yes", async () => {
    const file = join(live.folder, ".env");
    await writeFile(file, "STORAGE_RETRY_SECONDS=5\n", { mode: 0o644 });
    const asked = await live.run(["doctor", "--fix"]);
    expect(asked.code).toBe(9);
    const { code, stdout } = await live.run(["doctor", "--fix", "--yes"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/mode 600[\s\S]*All of it works\.\n/);
  });

  it.each([
    [["--explain", "d07"], 0, /KMS\.DisabledException/],
    [["--explain", "POL-6"], 0, /# POL-6/],
    [["--explain", "all"], 0, /D62\.md/],
    [
      ["--error", "An error occurred (SlowDown) when calling the PutObject operation: x"],
      checkFailed,
      /D53/,
    ],
  ])("answers %j", async (args, code, words) => {
    const answer = await live.run(["doctor", ...args]);
    expect(answer.stdout).toMatch(words);
    expect(answer.code).toBe(code);
  });

  it.each([
    [["--explain", "D99"], /no finding D99/],
    [["--expect-account", "12"], /twelve digits/],
    [["--owner", "12"], /--owner 12 is no account of twelve digits/],
    [["here"], /is no bucket/],
    [["--error", " "], /--error has no text/],
  ])("says what is wrong with %j", async (args, words) => {
    const { code, stderr } = await live.run(["doctor", ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
  });
});
