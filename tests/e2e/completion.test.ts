import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { commandPath } from "./command.ts";
import { type LiveServer, startLiveServer } from "./live-server.ts";

// Completion as bash itself asks for it, and what the command answers to the other shells.

let live: LiveServer;

beforeAll(async () => {
  live = await startLiveServer();
  await live.run(["cp", "-", live.uri("c/one two.tsv")], { input: "x" });
  await live.run(["cp", "-", live.uri("c/sub/x")], { input: "x" });
  const script = `#!/bin/sh\nexec "${process.execPath}" "${commandPath}" "$@"\n`;
  await mkdir(join(live.folder, "bin"));
  await writeFile(join(live.folder, "bin", "sms-storage"), script);
  await chmod(join(live.folder, "bin", "sms-storage"), 0o755);
});

afterAll(() => live.stop());

/** What bash offers at the end of a line, where `current` is what it would replace. */
async function bash(line: string, current: string): Promise<string[]> {
  const script = `
    eval "$(sms-storage completion bash)"
    compopt() { echo "compopt $*"; }
    COMP_LINE=$1 COMP_POINT=\${#1}
    _sms_storage sms-storage "$2" ""
    for reply in "\${COMPREPLY[@]}"; do printf '%s\\n' "$reply"; done
  `;
  const path = [join(live.folder, "bin"), process.env["PATH"]].join(delimiter);
  const child = spawn("bash", ["-c", script, "bash", line, current], {
    cwd: live.folder,
    env: { ...live.env, PATH: path, HOME: live.folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  await once(child, "close");
  return text.split("\n").slice(0, -1);
}

/** The store is asked for 300 ms alone, which a busy machine may need for itself. */
const eventually = (check: () => Promise<void>) =>
  vi.waitFor(check, { timeout: 60_000, interval: 100 });

describe("bash", () => {
  it("completes commands and options", async () => {
    expect(await bash("sms-storage ver", "ver")).toEqual(["verify ", "verify-tree ", "versions "]);
    expect(await bash("sms-storage ls --hum", "--hum")).toEqual(["--human-readable "]);
    expect(await bash("sms-storage presign --method=P", "P")).toEqual(["PUT "]);
  });

  it("completes buckets, folders and keys, quoted as bash wants them", async () => {
    await eventually(async () => {
      expect(await bash(`sms-storage ls s3://${live.bucket}/c`, `//${live.bucket}/c`)).toEqual([
        `//${live.bucket}/c/`,
      ]);
    });
    await eventually(async () => {
      expect(await bash("sms-storage cat c/", "c/")).toEqual(["c/sub/", "c/one\\ two.tsv "]);
    });
  });

  it("leaves files to bash", async () => {
    expect(await bash("sms-storage cp ./", "./")).toEqual([
      "compopt +o nospace -o default -o filenames",
    ]);
  });
});

const complete = (...words: string[]) => live.run(["complete", ...words]);

describe("the other shells", () => {
  it("get words with what they mean", async () => {
    const { stdout } = await complete("zsh", "--", "uploads", "");
    expect(stdout).toContain("ls\tlist unfinished uploads\nabort\tabort unfinished uploads\n");
    expect((await complete("powershell", "--", "uploads", "=ab")).stdout).toMatch(/^abort\t/);
    for (const shell of ["zsh", "fish", "powershell"]) {
      const script = await live.run(["completion", shell]);
      expect(script.stdout).toContain(`sms-storage complete ${shell} --`);
    }
    expect((await live.run(["completion", "csh"])).code).toBe(2);
  });

  it("complete the profiles of AWS's files", async () => {
    await mkdir(join(live.folder, ".aws"));
    await writeFile(join(live.folder, ".aws", "config"), "[default]\n[profile lab]\n[profile x]\n");
    await eventually(async () => {
      expect((await complete("fish", "--", "ls", "--profile", "l")).stdout).toBe("lab\n");
    });
  });

  it("hear nothing of what fails, and are not kept waiting", async () => {
    const nowhere = ["--endpoint-url", "http://192.0.2.1:9"];
    for (const words of [
      ["ls", ...nowhere, "s3://b/"],
      ["ls", "--dotenv", "missing", "s3://b/"],
      ["no-such-command", ""],
    ]) {
      expect(await complete("zsh", "--", ...words)).toEqual({
        code: 0,
        signal: null,
        stdout: "",
        stderr: "",
      });
    }
    const denied = await live.run(["complete", "zsh", "--", "ls", "s3://"], { env: live.expired });
    expect(denied).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });
});

describe("manual pages", () => {
  it("are printed, and come with the build", async () => {
    const page = await live.run(["man", "uploads", "abort"]);
    expect(page.stdout).toMatch(/^\.TH SMS-STORAGE-UPLOADS-ABORT 1 /);
    expect((await live.run(["man", "nothing"])).code).toBe(2);
    const built = join(commandPath, "..", "..", "man", "sms-storage-uploads-abort.1");
    expect(await readFile(built, "utf8")).toBe(page.stdout);
  });
});
