import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commandPath, runCommand } from "./command.ts";
import { records } from "./live-server.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-config-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (args: readonly string[], env: Record<string, string> = {}, cwd = folder) =>
  runCommand(args, { cwd, env });
const dotenv = (text: string, name = ".env") => writeFile(join(folder, name), text);
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

describe("config explain", () => {
  it("names the source of each value: flag over environment over .env over default", async () => {
    await dotenv(
      "# lab\nSTORAGE_S3_BUCKET=from-file\nSTORAGE_S3_REGION=us-west-2\nSTORAGE_S3_ENDPOINT_URL=http://file:1\n",
    );
    await mkdir(join(folder, "deeper"));
    const result = await run(
      ["config", "explain", "--json", "--bucket", "from-flag"],
      { STORAGE_S3_REGION: "us-gov-west-1" },
      join(folder, "deeper"),
    );
    expect(result).toMatchObject({ code: 0, stderr: "" });
    const [{ settings }] = records(result.stdout) as unknown as [
      { settings: { name: string; value?: string; source?: Record<string, unknown> }[] },
    ];
    const of = (name: string) => settings.find((setting) => setting.name === name);
    expect(of("STORAGE_S3_BUCKET")).toMatchObject({ value: "from-flag", source: { kind: "flag" } });
    expect(of("STORAGE_S3_REGION")).toMatchObject({ value: "us-gov-west-1" });
    expect(of("STORAGE_S3_ENDPOINT_URL")).toMatchObject({ value: "http://file:1" });
    expect(of("STORAGE_BACKEND")).toMatchObject({ value: "s3", source: { kind: "default" } });
    const { stdout } = await run(["config", "explain"]);
    expect(stdout).toMatch(/STORAGE_S3_BUCKET +from-file +\S+\.env line 2/);
  });

  it("masks secrets, as text and as JSON", async () => {
    await dotenv(
      `STORAGE_S3_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nSTORAGE_S3_SECRET_ACCESS_KEY=${secret}\n`,
    );
    for (const args of [
      ["config", "explain"],
      ["config", "explain", "--json"],
    ]) {
      const { stdout, stderr } = await run(args);
      expect(stdout).toContain("********");
      expect(stdout + stderr).not.toContain(secret.slice(0, 8));
      expect(stdout + stderr).not.toContain("IOSFODNN7");
    }
  });

  it("shows what a file holds without letting it act upon the terminal", async () => {
    await dotenv('AWS_PROFILE="a\u001b[2J\u009b2J\u202eb"\n');
    const { stdout } = await run(["config", "explain"]);
    expect(stdout).toContain(String.raw`a\x1b[2J\x9b2J\u202eb`);
  });

  it("lists every wrong value with what to do, and ends with 2", async () => {
    await dotenv("STORAGE_BACKEND=gumulo\nSTORAGE_S3_BUCKET=x\nSTORAGE_S3_ACCESS_KEY_ID=AKIAX\n");
    const result = await run(["config", "explain"]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('"gumulo" is no backend');
    expect(result.stderr).toContain("3 to 63");
    expect(result.stderr).toContain("STORAGE_S3_SECRET_ACCESS_KEY is missing");
    expect((await run(["ls"])).code).toBe(2);
  });

  it("reads the file that --dotenv names, and says so when it is missing", async () => {
    await dotenv("STORAGE_S3_BUCKET=from-other\n", "other.env");
    const { stdout } = await run(["config", "explain", "--dotenv", "other.env"]);
    expect(stdout).toMatch(/from-other +\S+other\.env line 1/);
    const missing = await run(["ls", "--dotenv", "none.env"]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("none.env cannot be read: there is no such file.");
    expect(missing.stderr).toContain("Make it, or name another file.");
  });
});

describe("config env", () => {
  it("gives a shell the same store, exactly, through eval", async () => {
    const odd = `${secret}'"$(id)\``;
    const env = {
      STORAGE_S3_BUCKET: "lab-bucket",
      STORAGE_S3_REGION: "us-west-2",
      STORAGE_S3_ENDPOINT_URL: "http://127.0.0.1:9000",
      STORAGE_S3_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      STORAGE_S3_SECRET_ACCESS_KEY: odd,
    };
    const script = `eval "$("$NODE" "$COMMAND" config env)"
printf '%s\\n' "$AWS_ENDPOINT_URL" "$AWS_REGION" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" \\
  "\${AWS_SESSION_TOKEN-unset}" "\${AWS_PROFILE-unset}" "$BUCKET_NAME"`;
    const printed = execFileSync("sh", ["-c", script], {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        NODE: process.execPath,
        COMMAND: commandPath,
        AWS_SESSION_TOKEN: "stale",
        AWS_PROFILE: "stale",
        ...env,
      },
    });
    expect(printed.trimEnd().split("\n")).toEqual([
      "http://127.0.0.1:9000",
      "us-west-2",
      "AKIAIOSFODNN7EXAMPLE",
      odd,
      "unset",
      "unset",
      "lab-bucket",
    ]);
  });

  it("prints nothing for eval when a setting is wrong", async () => {
    const result = await run(["config", "env"], { STORAGE_BACKEND: "gumulo" });
    expect(result).toMatchObject({ code: 2, stdout: "" });
  });
});
