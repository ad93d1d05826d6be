import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openBucketAdmin } from "../../open/open-bucket-admin.ts";
import { getSettings } from "../../settings/get-settings.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { runCommandLine } from "../run-command-line.ts";

let server: TestServer;
let folder: string;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startTestServer();
  const { STORAGE_S3_BUCKET: _, ...env } = server.env;
  const { accessKeyId, secretAccessKey, sessionToken = "" } = server.ssoCredentials;
  environment = {
    ...env,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    STORAGE_S3_SESSION_TOKEN: sessionToken,
  };
});
afterAll(() => server.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "wizard-"));
  return () => rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody who types each answer once its question has shown up; `end` closes the terminal after that. */
async function atTerminal(
  args: readonly string[],
  answers: readonly (readonly [question: string, answer: string])[],
  { isTTY = true, end = false } = {},
): Promise<Ended> {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const [stdout, stderr] = [0, 1].map(() =>
    Object.assign(new PassThrough(), { isTTY, columns: 80 }),
  );
  const seen = { stdout: "", stderr: "" };
  const interrupt = new AbortController();
  const waiting = [...answers];
  let from = 0;
  stdout?.on("data", (chunk: Buffer) => (seen.stdout += chunk.toString("utf8")));
  stderr?.on("data", (chunk: Buffer) => {
    seen.stderr += chunk.toString("utf8");
    const [question = "", answer = ""] = waiting[0] ?? [];
    const at = seen.stderr.indexOf(question, from);
    if (waiting.length === 0 || at < 0) return;
    from = at + question.length;
    waiting.shift();
    stdin.write(answer);
    if (waiting.length === 0 && end) stdin.end();
  });
  const runtime = {
    environment: { ...environment, HOME: folder, XDG_DATA_HOME: join(folder, "data") },
    cwd: folder,
    stdin,
    stdout,
    stderr,
    signal: interrupt.signal,
    interrupt: () => interrupt.abort("SIGINT"),
    outputError: () => undefined,
    ownCommand: "sms-storage",
  } as unknown as Parameters<typeof runCommandLine>[1];
  const code = await runCommandLine(args, runtime);
  expect(waiting).toEqual([]);
  return { code, ...seen };
}

const plain = (args: readonly string[]) => atTerminal(args, [], { isTTY: false });
const kept = async () => (await readdir(folder)).filter((name) => name !== "data").sort();
const has = (bucket: string) =>
  server
    .store(bucket)
    .listObjects({})
    .then(
      () => true,
      () => false,
    );

const questions = ["Which store?", "Address", "Bucket [", "[caller]", "[read-write]"];
const rest = ["(versioning)?", "under test/ go [7]", "old versions go [30]", "/.env?", "or none"];
const usual = [...questions, ...rest].map((question) => [question, "\r"] as const);

it("asks, shows its twin, applies what is agreed on; and the twins then change nothing", async () => {
  const bucket = "asked-bucket-1";
  const ended = await atTerminal(
    ["setup"],
    [
      ["[embedded]", "the best\r"],
      ["or its number", "3\r"],
      ["Address", "ftp://x\r"],
      ["is no URL", "\r"],
      ["Bucket [", "Not_A_Bucket!\r"],
      ["must be 3 to 255", `${bucket}\r`],
      ["[caller]", "nobody-of-this-name\r"],
      ["IAM knows no role", "caller\r"],
      ["[read-write]", "least\r"],
      ["(versioning)?", "maybe\r"],
      ["Answer y or n", "y\r"],
      ["under test/ go [7]", "0\r"],
      ["whole number of days, 1 to", "3\r"],
      ["old versions go [30]", "\r"],
      ["/.env?", "\r"],
      ["or none", "\r"],
      ["Apply this plan?", "y\r"],
    ],
  );
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain(`+ Bucket: create ${bucket}`);
  expect(ended.stdout).toContain("is set up and usable");
  expect(await kept()).toEqual([".env", "sms-storage.yaml"]);
  expect(await readFile(join(folder, ".env"), "utf8")).toContain(`STORAGE_S3_BUCKET=${bucket}`);
  const twin = / {2}sms-storage (setup .* --yes)\n/.exec(ended.stderr)?.[1]?.split(" ") ?? [];
  expect(twin).toContain(bucket);
  const asPlan = ["plan", ...twin.slice(1, -1), "--detailed-exitcode"];
  const byFile = await plain(["plan", "--detailed-exitcode"]);
  expect(byFile.stdout).toContain("No changes");
  expect(byFile.stderr).toContain("From file sms-storage.yaml: bucket");
  await rm(join(folder, "sms-storage.yaml"));
  const byFlags = await plain(asPlan);
  expect({ code: byFlags.code, out: byFlags.stdout }).toMatchObject({
    code: 0,
    out: expect.stringContaining("No changes: the bucket is as wished."),
  });
  expect(byFlags.stdout).toContain("test/ deleted after 3 days");
  expect((await plain(twin)).code).toBe(0);
});

it("takes answers that come all at once, and a no changes nothing", async () => {
  const lines = ["embedded", "", "asked-bucket-2", "", "", "n", "", "", "n", "none", "n", ""];
  const ended = await atTerminal(["setup", "--wizard"], [["Which store?", lines.join("\r")]]);
  expect(ended.code).toBe(9);
  expect(ended.stderr).toContain("Nothing was changed.");
  expect(ended.stderr).toMatch(/--versioning Suspended .*--no-env --yes\n/);
  expect(await kept()).toEqual([]);
  expect(await has("asked-bucket-2")).toBe(false);
});

it("does not ask what flags say", async () => {
  const endpoint = ["--endpoint-url", server.endpoint, "--region", "us-east-1"];
  const flags = ["--bucket", "asked-bucket-3", "--access", "none", "--versioning", "Suspended"];
  const ended = await atTerminal(
    ["setup", "--wizard", ...endpoint, ...flags, "--test-days", "9", "--no-env"],
    [
      ["old versions go [30]", "\r"],
      ["or none", "none\r"],
      ["Apply this plan?", "n\r"],
    ],
  );
  expect(ended.code).toBe(9);
  expect(ended.stderr).not.toContain("Which store?");
  expect(ended.stdout).not.toContain("SmsStorageBucket");
});

it.each([
  ["at the first question", usual.slice(0, 0), "Which store?"],
  ["while names are looked up", usual.slice(0, 2), "Bucket ["],
  ["at the plan", usual, "Apply this plan?"],
])("Ctrl-C %s does nothing", async (_, before, question) => {
  const ended = await atTerminal(["setup"], [...before, [question, "\u0003"]]);
  expect(ended.code).toBe(130);
  expect(ended.stderr).toContain("nothing was changed");
  expect(await kept()).toEqual([]);
  expect(await has("sms-api-storage")).toBe(false);
});

it("neither does the end of the input", async () => {
  const ended = await atTerminal(["setup"], usual, { end: true });
  expect(ended.code).toBe(130);
  expect(ended.stderr).toContain("The input ended");
  expect(await kept()).toEqual([]);
  expect(await has("sms-api-storage")).toBe(false);
});

it("gives up after many bad answers", async () => {
  const ended = await atTerminal(["setup"], [["Which store?", "no\r".repeat(25)]]);
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr).toContain("20 answers to one question did not fit");
});

it.each([
  [["setup"], "--bucket"],
  [["setup", "--wizard"], "Missing is --bucket"],
  [["setup", "--wizard", "--bucket", "b-1"], "Nothing is missing"],
  [["setup", "--wizard", "--yes"], "Leave out one"],
])("without a terminal %j asks nobody", async (args, text) => {
  const ended = await plain(args);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toContain(text);
});

it("nor with --json", async () => {
  const ended = await atTerminal(["setup", "--json"], []);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(JSON.parse(ended.stderr)).toMatchObject({ type: "error", message: "No bucket is set." });
});

/** Set up by flags; then asked again, each question answered as it is usual. */
const stranger = "arn:aws:iam::999999999999:role/lab";
const wishOf = (bucket: string) =>
  (
    `setup --yes --no-env --bucket ${bucket} --principal ${stranger} --access least` +
    " --versioning Suspended --test-prefix scratch/ --test-days 3 --noncurrent-days 11"
  ).split(" ");
const again = (...last: (readonly [string, string])[]) =>
  [
    ["Which store?", "\r"],
    ["Address", "\r"],
    ...last.slice(0, 1),
    [`Its policy names ${stranger}`, ""],
    [" [keep]", "\r"],
    ["least, read-write or admin [least]", "\r"],
    ["(versioning)? [y/N]", "\r"],
    ["under scratch/ go [3]", "\r"],
    ["old versions go [11]", "\r"],
    ...last.slice(1),
  ] as const;

it("offers what a bucket has, so that Enter changes nothing, and writes that down", async () => {
  const bucket = "asked-again-1";
  const more = ["--abort-upload-days", "4", "--guard", "account"];
  expect((await plain([...wishOf(bucket), ...more])).code).toBe(0);
  await writeFile(join(folder, ".env"), "STORAGE_S3_BUCKET=somebody-elses\n");
  const ended = await atTerminal(
    ["setup", "--wizard"],
    again(["[somebody-elses]", `${bucket}\r`], ["names somebody-elses now", "\r"], ["none", "\r"]),
  );
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain("No changes: the bucket is as wished.");
  expect(await readFile(join(folder, ".env"), "utf8")).toBe("STORAGE_S3_BUCKET=somebody-elses\n");
  const file = await readFile(join(folder, "sms-storage.yaml"), "utf8");
  expect(file).toContain("versioning: Suspended\n");
  expect(file).toContain("testDays: 3\n");
  expect(file).toContain("noncurrentDays: 11\n");
  expect(file).toContain("access: least\n");
  expect(file).toContain("testPrefix: scratch/\n");
  expect(file).toContain("abortUploadDays: 4\n");
  expect(file).toContain("guard: account\n");
  expect(file).toContain(stranger);
  expect(ended.stderr).not.toContain("From flag");
  expect(ended.stdout).toContain("SmsStorageObjects, SmsStorageGuard");
  const fresh = await plain(["plan", "--bucket", "asked-again-1-fresh"]);
  expect(fresh.stdout).toContain(
    "scratch/ deleted after 3 days, old versions after 11, unfinished uploads after 4",
  );
  expect(fresh.stdout).toContain("+   Statement SmsStorageGuard");
  expect((await plain(["plan", "--detailed-exitcode"])).code).toBe(0);
});

it("writes down patterns that survive a role's being made anew, and one session", async () => {
  const role = "AWSReservedSSO_Lab_";
  const sso = "arn:aws:iam::999999999999:role/aws-reserved/sso.amazonaws.com";
  const session = "arn:aws:sts::999999999999:assumed-role/lab/jo";
  for (const [bucket, principal, form, said] of [
    ["asked-again-5", `${sso}/eu-west-1/${role}0123456789abcdef`, "stable", `${sso}/${role}`],
    ["asked-again-6", session, "session", session],
  ] as const) {
    const wish = ["--principal", principal, "--principal-form", form];
    expect((await plain(["setup", "--yes", "--no-env", "--bucket", bucket, ...wish])).code).toBe(0);
    const ended = await atTerminal(
      ["setup", "--wizard"],
      [
        ["Which store?", "\r"],
        ["Address", "\r"],
        ["Bucket [", `${bucket}\r`],
        [" [keep]", "\r"],
        ["[read-write]", "\r"],
        ["(versioning)?", "\r"],
        ["under test/ go [7]", "\r"],
        ["old versions go [30]", "\r"],
        ["/.env?", "n\r"],
        ["or none", "\r"],
      ],
    );
    expect(ended.stdout).toContain("No changes: the bucket is as wished.");
    const file = await readFile(join(folder, "sms-storage.yaml"), "utf8");
    expect(file).toContain(`form: ${form}\n`);
    expect(file).toContain(said);
    // The same of another bucket.
    const policyOf = async (name: string) => {
      const { stdout } = await plain(["export", "--format", "policies", "--json", `s3://${name}`]);
      const { files } = JSON.parse(stdout) as { files: Readonly<Record<string, string>> };
      return files["bucket-policy.json"]?.replaceAll(name, "it");
    };
    expect(await policyOf(`${bucket}-fresh`)).toBe(await policyOf(bucket));
    await rm(join(folder, "sms-storage.yaml"));
  }
});

it("offers what the file says where the bucket differs, says both, and keeps the file", async () => {
  const bucket = "asked-again-2";
  expect((await plain(wishOf(bucket))).code).toBe(0);
  const path = join(folder, "sms-storage.yaml");
  const text = [
    `version: 1`,
    `bucket: ${bucket} # ours`,
    `policy: { access: admin, principals: [arn:aws:iam::999999999999:role/other], form: stable }`,
    `versioning: Enabled`,
    `lifecycle: { testDays: 90, testPrefix: scratch/ }`,
    `encryption: unmanaged # by others`,
    `envFile: unmanaged`,
    "",
  ].join("\n");
  await writeFile(path, text);
  const other = "arn:aws:iam::999999999999:role/other";
  const ended = await atTerminal(
    ["setup", "--wizard"],
    [
      ["Which store?", "\r"],
      ["Address", "\r"],
      [`[${bucket}]`, "\r"],
      [`[${other}]`, "\r"],
      ["[admin]", "\r"],
      ["(versioning)? [Y/n]", "\r"],
      ["under scratch/ go [90]", "\r"],
      ["old versions go [11]", "\r"],
      ["Change sms-storage.yaml", "\r"],
      ["Apply this plan?", "y\r"],
    ],
  );
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain(`Its policy names ${stranger}.\nsms-storage.yaml names ${other}.`);
  expect(ended.stderr).toContain("sms-storage.yaml says admin; the bucket has least.");
  expect(ended.stderr).toContain("sms-storage.yaml says Enabled; the bucket has Suspended.");
  expect(ended.stderr).toContain("sms-storage.yaml says 90; the bucket has 3.");
  const after = await readFile(path, "utf8");
  expect(after).toContain(`bucket: ${bucket} # ours\n`);
  expect(after).toContain("encryption: unmanaged # by others\n");
  expect(after).toContain(`access: admin, principals: [ ${other} ], form: stable`);
  expect(after).toContain("versioning: Enabled\n");
  expect(after).toContain("testDays: 90, testPrefix: scratch/, noncurrentDays: 11");
  expect(after).not.toContain("region");
  expect((await plain(["plan", "--detailed-exitcode"])).code).toBe(0);
});

it("does not ask about what a file leaves alone, nor turn on a rule that was turned off", async () => {
  const bucket = "asked-again-3";
  expect((await plain(wishOf(bucket))).code).toBe(0);
  const { admin } = await openBucketAdmin(getSettings({ environment, envFile: false }));
  const lifecycle = await admin.read(bucket, "lifecycle");
  const Rules = lifecycle?.Rules.map((rule) => ({ ...rule, Status: "Disabled" as const })) ?? [];
  await admin.put(bucket, "lifecycle", { ...lifecycle, Rules });
  admin.close();
  const path = join(folder, "sms-storage.yaml");
  const text = `version: 1\nbucket: ${bucket}\nversioning: unmanaged\npolicy: unmanaged\nenvFile: unmanaged\n`;
  await writeFile(path, text);
  const ended = await atTerminal(
    ["setup", "--wizard"],
    [
      ["Which store?", "\r"],
      ["Address", "\r"],
      [`[${bucket}]`, "\r"],
      ["versioning: unmanaged; it is not asked about", ""],
      ["(turned off; other days turn it on) [3]", "\r"],
      ["(turned off; other days turn it on) [11]", "12\r"],
      ["Change sms-storage.yaml", "n\r"],
      ["Apply this plan?", "y\r"],
    ],
  );
  expect(ended.code).toBe(0);
  expect(ended.stdout.match(/Status: Disabled -> Enabled/g)).toHaveLength(1);
  expect(ended.stdout).toContain("NoncurrentVersionExpiration.NoncurrentDays: 11 -> 12");
  expect(ended.stdout).not.toContain("Expiration.Days");
  expect(await readFile(path, "utf8")).toBe(text);
});
