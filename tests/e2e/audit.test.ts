import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// The audit as a process, on a bucket that the set-up made.

let live: LiveServer;

beforeAll(async () => {
  live = await startLiveServer();
});

afterAll(() => live.stop());

const checkFailed = 8;
const usage = 2;
const inFolder = (name: string): string => join(live.folder, name);

async function statuses(args: readonly string[] = [], env = {}): Promise<Map<unknown, unknown>> {
  const { stdout } = await live.run(["audit", "--json", ...args], { env: { ...live.env, ...env } });
  return new Map(
    records(stdout)
      .filter(({ type }) => type === "finding")
      .map(({ id, status }) => [id, status]),
  );
}

// Each run loads five clients of the SDK.
describe("audit", { timeout: 60_000 }, () => {
  it("passes what the set-up looks after, and ends with 8 for what it does not", async () => {
    const found = await statuses();
    const settings = ["ENC-1", "VER-1", "VER-2", "LC-1", "LC-2", "LC-3", "BPA-1", "OWN-1"];
    expect(settings.filter((id) => found.get(id) !== "pass")).toEqual([]);
    expect(found.get("POL-1")).toBe("fail");
    expect(found.size).toBe(41);
    const { code, stdout } = await live.run(["audit"]);
    expect(code).toBe(checkFailed);
    expect(stdout).toMatch(/^✘ POL-1 .* \[medium\]$/m);
    expect(stdout).not.toMatch(/ VER-1 /);
    expect(stdout).toMatch(/: \d+ failed, 0 not known, \d+ passed/);
  });

  it("never takes what it may not see for what is not set", async () => {
    const { code, stdout } = await live.run(["audit", "--json"], { env: live.powerless });
    expect(code).toBe(checkFailed);
    const found = new Map(records(stdout).map(({ id, status }) => [id, status]));
    const unseen = ["ENC-1", "VER-1", "LC-1", "POL-1", "POL-6", "BPA-1", "OWN-1", "ENC-5"];
    expect(unseen.filter((id) => found.get(id) !== "unknown")).toEqual([]);
  });

  it("ends otherwise than with findings where it cannot look at all", async () => {
    const { code, stdout, stderr } = await live.run(["audit"], { env: live.expired });
    expect(code).toBe(4);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/ended/);
  });

  it("says of a bucket that is not there just that", async () => {
    const { code, stdout, stderr } = await live.run(["audit", "--bucket", "nobody-made-this"]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("There is no bucket nobody-made-this, so nothing was audited.");
    expect(stderr).toContain("setup --bucket nobody-made-this");
  });

  it("compares with an earlier audit", async () => {
    const [save, html] = [inFolder("audit.json"), inFolder("audit.html")];
    await live.run(["audit", "--save", save, "--html", html, "--sarif", inFolder("a.sarif")]);
    expect(await readFile(html, "utf8")).toContain(live.bucket);
    expect((await live.run(["audit", "--baseline", save])).code).toBe(0);
    const saved = JSON.parse(await readFile(save, "utf8")) as { findings: { id: string }[] };
    saved.findings = saved.findings.filter(({ id }) => id !== "POL-1");
    await writeFile(save, JSON.stringify(saved));
    const { code, stdout } = await live.run(["audit", "--baseline", save]);
    expect(code).toBe(checkFailed);
    expect(stdout).toMatch(/POL-1 .* \[medium, new\]/);
  });

  it("lives with what is muted, and with what is less than asked for", async () => {
    const failing = [...(await statuses())].filter(([, status]) => status === "fail");
    const mutes = failing.flatMap(([id]) => ["--mute", `${String(id)}=known`]);
    expect((await live.run(["audit", ...mutes])).code).toBe(0);
    expect((await live.run(["audit", "--fail-on", "critical"])).code).toBe(0);
  });

  it.each([
    [["--mute", "VER-1"], /gives no reason/],
    [["--mute", "VER-99=x"], /there is no check VER-99/],
    [["--fail-on", "bad"], /not one of critical, high/],
    [["--trusted-account", "12"], /twelve digits/],
    [["--test-days", "0"], /whole number/],
    [["--baseline", "nowhere.json"], /cannot be read \(ENOENT\)/],
    [["--baseline", "."], /cannot be read \(EISDIR\)/],
  ])("says what is wrong with %j", async (args, words) => {
    const { code, stderr } = await live.run(["audit", ...args]);
    expect(code).toBe(usage);
    expect(stderr).toMatch(words);
  });

  it.each([
    ["no JSON", "{", /is not JSON/],
    ["no audit", "{}", /is no audit/],
    ["another bucket's", '{"type":"audit","bucket":"other","findings":[]}', /of bucket other/],
  ])("refuses a baseline that is %s", async (_name, text, words) => {
    await writeFile(inFolder("bad.json"), text);
    const { code, stderr } = await live.run(["audit", "--baseline", inFolder("bad.json")]);
    expect(code).toBe(usage);
    expect(stderr).toMatch(words);
  });
});
