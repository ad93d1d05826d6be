import { type ChildProcess, execFile } from "node:child_process";
import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand, startCommand, waitForText } from "./command.ts";

const account = "111122223333";
const world = (alias: string) => `version: 1
accounts:
  "${account}":
    alias: ${alias}
    root: { accessKeys: [{}] }
    users:
      alice: { accessKeys: [{}] }
      bob: { accessKeys: [{}] }
    roles:
      sms-api:
        trust:
          Version: "2012-10-17"
          Statement:
            Effect: Allow
            Principal: { AWS: "arn:aws:iam::${account}:user/alice" }
            Action: sts:AssumeRole
`;

let folder: string;
let data: string;
let file: string;
let server: ChildProcess;
let log = "";
let started = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-world-"));
  data = join(folder, "data");
  file = join(folder, "world.yaml");
  await writeFile(file, world("first"));
  const args = ["server", "--data-dir", data, "--port", "0", "--world", file, "--json"];
  server = startCommand(args, { cwd: folder });
  server.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString("utf8")));
  started = await waitForText(server, "}\n");
});
afterAll(async () => {
  server.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runCommand(["server", ...args], { cwd: folder });
const ask = (...args: string[]) => run(...args, "--data-dir", data);

/** Each line of what a command printed with --json. */
function lines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** As editors do. */
async function replaceFile(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

describe("server --world", () => {
  it("takes over what has changed, and leaves all as it is when that does not fit", async () => {
    await replaceFile(world("second"));
    await expect.poll(() => log, { timeout: 10_000 }).toContain(`"type":"world"`);
    expect(lines(log)).toEqual([{ type: "world", file }]);
    await replaceFile(world("second").replace("alias", "alais"));
    await expect.poll(() => lines(log).length, { timeout: 10_000 }).toBe(2);
    expect(lines(log)[1]).toEqual({
      type: "world",
      file,
      error: `${file}:4:5: accounts.${account}.alais is unknown here; did you mean alias?`,
    });
    const { code } = await ask("roles", "--account", account);
    expect(code).toBe(0);
    server.kill("SIGHUP");
    await expect.poll(() => lines(log).length, { timeout: 10_000 }).toBe(3);
  });

  it("says that the file is gone, and takes it over again when it is back", async () => {
    const before = lines(log).length;
    await rm(file);
    await expect.poll(() => lines(log).length, { timeout: 10_000 }).toBe(before + 1);
    const error = `The world file ${file} cannot be read: there is no such file (ENOENT).`;
    expect(lines(log).at(-1)).toEqual({ type: "world", file, error });
    expect((await ask("roles", "--account", account)).code).toBe(0);
    await replaceFile(world("second"));
    await expect.poll(() => lines(log).length, { timeout: 10_000 }).toBe(before + 2);
    expect(lines(log).at(-1)).toEqual({ type: "world", file });
  });

  it("takes faults over as they change, and says that a personality needs a restart", async () => {
    const before = lines(log).length;
    await replaceFile(`${world("second")}faults: [{ fault: slow-down, operations: iam }]\n`);
    await expect.poll(() => lines(log).length, { timeout: 10_000 }).toBe(before + 1);
    await replaceFile(`${world("second")}personality: qumulo\n`);
    await expect.poll(() => log, { timeout: 10_000 }).toContain("restart it for the change");
    await replaceFile(world("second"));
    await expect
      .poll(() => lines(log).at(-1), { timeout: 10_000 })
      .toEqual({ type: "world", file });
    expect((await ask("roles", "--account", account)).code).toBe(0);
  });

  it("names the file when it starts, and refuses what is no file", async () => {
    expect(started).toContain(`"worldFile":"${file}"`);
    const pipe = join(folder, "pipe");
    await promisify(execFile)("mkfifo", [pipe]);
    for (const [what, why] of [
      [folder, "it is a folder"],
      [pipe, "it is a pipe or a device, and no file"],
    ] as const) {
      const { code, stderr } = await run("--ephemeral", "--port", "0", "--world", what);
      expect(code).toBe(2);
      expect(stderr).toContain(`The world file ${what} cannot be read: ${why}.`);
    }
    const faults = await run("--ephemeral", "--port", "0", "--faults", pipe);
    expect(faults.stderr).toContain("cannot be read: it is a pipe or a device, and no file.");
  });

  it("does not start where flags say what the world says", async () => {
    const both = join(folder, "both.yaml");
    await writeFile(both, `${world("both")}personality: qumulo\nfaults: []\n`);
    const flags = [
      ["--personality", "aws", "The world and --personality both say personality."],
      ["--overwrite-refusal", "Exists", "The world and --overwrite-refusal both say personality."],
      ["--faults", "none.json", "The world and --faults both say faults."],
    ] as const;
    for (const [flag, value, expected] of flags) {
      const args = ["--ephemeral", "--port", "0", "--world", both, flag, value];
      const { code, stderr } = await run(...args);
      expect(code).toBe(2);
      expect(stderr).toContain(expected);
    }
  });

  it("does not start with one that does not fit, and leaves nothing", async () => {
    const bad = join(folder, "bad.yaml");
    await writeFile(bad, "version: 1\naccounts:\n  '1': {}\n  '2': {}\n");
    const other = join(folder, "other");
    const { code, stderr } = await run("--data-dir", other, "--port", "0", "--world", bad);
    expect(code).toBe(2);
    expect(stderr).toContain(`${bad} has 2 faults:`);
    expect(stderr).toContain(`${bad}:3:3: accounts.1 is no name for this; it takes twelve digits.`);
    expect(stderr).not.toMatch(/^\s+at /m);
    await expect(stat(other)).rejects.toThrow(/ENOENT/);
  });
});

describe("server keys, roles and sessions", () => {
  it("list the users' keys and make one, shown once", async () => {
    const before = lines((await ask("keys", "--json")).stdout);
    expect(before).toMatchObject([{ type: "access-key", userName: "admin", status: "Active" }]);
    const made = lines((await ask("keys", "--json", "--create", "admin")).stdout);
    expect(made).toMatchObject([{ type: "credentials", Version: 1 }]);
    const after = await ask("keys");
    expect(after.stdout).toContain(String(made[0]?.["AccessKeyId"]));
    expect(after.stdout).not.toContain(String(made[0]?.["SecretAccessKey"]));
    const none = await ask("keys", "--create", "nobody");
    expect(none.code).toBe(3);
    expect(none.stderr).toContain("nobody");
  });

  it("list roles, and assume them", async () => {
    const roles = await ask("roles");
    expect(roles.stdout).toMatch(/AWSReservedSSO_AdministratorAccess_\w{16} +AROA\w+ +3600 s\n/);
    const session = await ask("sessions", "AWSReservedSSO_Sci");
    expect(session.stdout).toMatch(/^export AWS_ACCESS_KEY_ID='ASIA\w+'\n/);
    const many = await ask("sessions", "AWSReservedSSO");
    expect(many.stderr).toContain("2 roles start with AWSReservedSSO.");
    const short = await ask(
      "sessions",
      "sms-api",
      "--account",
      account,
      "--json",
      "--duration",
      "5",
    );
    const [keys] = lines(short.stdout);
    const left = Date.parse(String(keys?.["Expiration"])) - Date.now();
    expect(left).toBeLessThanOrEqual(5000);
  });

  it("assume a role as the user that is named", async () => {
    const of = ["sessions", "sms-api", "--account", account, "--as"];
    expect((await ask(...of, "alice")).code).toBe(0);
    const denied = await ask(...of, "bob");
    expect(denied.stderr).toContain(`User: arn:aws:iam::${account}:user/bob is not authorized`);
    const nobody = await ask(...of, "carol");
    expect(nobody.stderr).toContain(`holds no key of user carol of account ${account}.`);
  });

  it("keep a session that has ended in a profile, beside what stands there", async () => {
    const keysFile = join(folder, ".aws", "credentials");
    const args = ["sessions", "AWSReservedSSO_Sci", "--expired", "--write-profile"];
    expect((await ask(...args, "other")).code).toBe(0);
    expect((await ask(...args, "late")).code).toBe(0);
    expect((await ask(...args, "late")).code).toBe(0);
    const text = await readFile(keysFile, "utf8");
    expect(text.match(/^\[.*\]$/gm)).toEqual(["[other]", "[late]"]);
    expect((await stat(keysFile)).mode & 0o777).toBe(0o600);
    const { endpoint } = JSON.parse(await readFile(join(data, "server.json"), "utf8")) as {
      endpoint: string;
    };
    const to = ["--endpoint-url", endpoint, "--profile", "late", "--retry-seconds", "0"];
    const tried = await runCommand(["ls", "s3://", ...to], { cwd: folder });
    expect(tried.code).not.toBe(0);
    expect(tried.stderr).toMatch(/expired/i);
  });

  it("say when no server runs, and when the folder has no keys", async () => {
    const nowhere = await run("roles", "--data-dir", join(folder, "nowhere"));
    expect(nowhere.stderr).toContain(`No server runs on the data folder ${folder}/nowhere.`);
    expect(nowhere.code).not.toBe(0);
    const unknown = await ask("roles", "--account", "999999999999");
    expect(unknown.stderr).toContain("holds no key of the root user of account 999999999999");
    const odd = await ask("sessions", "x", "--duration", "1h");
    expect(odd.code).toBe(2);
  });
});
