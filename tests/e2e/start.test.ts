import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand, startCommand, waitForText } from "./command.ts";

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-start-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const env = () => ({ XDG_DATA_HOME: join(folder, "data") });
const run = (...args: string[]) => runCommand(args, { cwd: folder, env: env() });

function start(...args: string[]): ChildProcess {
  const child = startCommand(["start", ...args], { cwd: folder, env: env() });
  children.push(child);
  return child;
}

const dotenv = async () => readFile(join(folder, ".env"), "utf8");

describe("sms-storage start", () => {
  it("goes from nothing to a proven bucket, writes .env, and finds it all in place again", async () => {
    const first = await run("start", "--port", "0", "--once");
    expect(first.stderr).toContain("✔ Bucket: create sms-api-storage in us-east-1");
    expect(first.stderr).toContain(
      "✔ Delete the files, versions and all: 2 deleted, nothing is left",
    );
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toMatch(/Ready: http:\/\/127\.0\.0\.1:\d+, bucket sms-api-storage/);
    const written = await dotenv();
    expect(written).toMatch(/^STORAGE_S3_BUCKET=sms-api-storage$/m);
    expect(written).toMatch(/^STORAGE_S3_SESSION_TOKEN=\S{50,}$/m);
    expect((await stat(join(folder, ".env"))).mode & 0o777).toBe(0o600);
    const identities = join(folder, "data/sms-api-storage/identities.json");
    expect((await stat(identities)).mode & 0o777).toBe(0o600);
    // Secrets are written to files alone.
    const secret = /^STORAGE_S3_SECRET_ACCESS_KEY=(\S+)$/m.exec(written)?.[1] ?? "none";
    expect(secret.length).toBeGreaterThan(30);
    expect(first.stderr).not.toContain(secret);

    expect(first.stderr).not.toContain("In another terminal");

    const second = await run("start", "--port", "0", "--once");
    expect(second.stderr).toContain("No changes: the bucket is as wished.");
    expect(second.code).toBe(0);
  });

  it("serves until Ctrl-C, then ends with 0 and keeps what it was given", async () => {
    const server = start("--port", "0");
    await waitForText(server, "Serving. Ctrl-C stops it.");
    await writeFile(join(folder, "a.txt"), "kept");
    expect((await run("cp", "a.txt", "s3://sms-api-storage/a.txt")).code).toBe(0);
    server.kill("SIGINT");
    expect(await once(server, "exit")).toEqual([0, null]);

    const again = start("--port", "0");
    await waitForText(again, "Serving. Ctrl-C stops it.");
    expect((await run("cat", "a.txt")).stdout).toBe("kept");
  });

  it("keeps what was acknowledged through kill -9", async () => {
    const server = start("--port", "0");
    await waitForText(server, "Serving. Ctrl-C stops it.");
    for (const name of ["a", "b", "c"]) {
      const put = { cwd: folder, env: env(), input: `content of ${name}` };
      expect((await runCommand(["cp", "-", `s3://sms-api-storage/${name}`], put)).code).toBe(0);
    }
    server.kill("SIGKILL");
    await once(server, "exit");

    const again = start("--port", "0");
    const printed = await waitForText(again, "Serving. Ctrl-C stops it.");
    expect(printed).toContain("No changes");
    expect((await run("cat", "a", "b", "c")).stdout).toBe("content of acontent of bcontent of c");
  });

  it("with --ephemeral leaves nothing behind", async () => {
    const result = await run("start", "--port", "0", "--ephemeral", "--once");
    expect(result.code).toBe(0);
    const place = /data\s+(\S+)/.exec(result.stderr)?.[1] ?? "";
    await expect(stat(place)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("without a .env names commands that reach it all the same", async () => {
    const data = join(folder, "d a'ta");
    const server = start("--port", "0", "--no-env", "--data-dir", data);
    const printed = await waitForText(server, "Serving. Ctrl-C stops it.");
    expect(await readdir(folder)).toEqual(["d a'ta"]);
    expect((await stat(join(data, "settings.env"))).mode & 0o777).toBe(0o600);
    const [, list = ""] = /^ {2}node \S*main\.js (ls -r .*)$/m.exec(printed) ?? [];
    expect(list).toBe(`ls -r --dotenv '${data.replace("'", String.raw`'\''`)}/settings.env'`);
    const named = ["--dotenv", join(data, "settings.env")];
    const put = { cwd: folder, env: env(), input: "hello" };
    const target = "s3://sms-api-storage/test/hello.txt";
    expect((await runCommand(["cp", "-", target, ...named], put)).code).toBe(0);
    expect((await run("cat", "test/hello.txt", ...named)).stdout).toBe("hello");
  });

  it("leaves a .env alone that leads to another store", async () => {
    const theirs = "# mine\nSTORAGE_S3_BUCKET=lab\nSTORAGE_S3_REGION=us-west-2\n";
    await writeFile(join(folder, ".env"), theirs);
    const result = await run("start", "--port", "0", "--once");
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("leads to s3://lab on AWS and is left alone");
    expect(await dotenv()).toBe(theirs);
  });
});

describe("sms-storage start, refused", () => {
  it("names the port in use", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const address = blocker.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const result = await run("start", "--port", String(port));
    blocker.close();
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`Port ${port} on 127.0.0.1 is already in use.`);
    expect(result.stderr).toMatch(/next: .*--port/);
  });

  it("names a data folder that cannot be made", async () => {
    await writeFile(join(folder, "file"), "");
    const result = await run("start", "--port", "0", "--data-dir", join(folder, "file", "x"));
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/The data folder .* cannot be made/);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it("names the place of a fault in the identities file, and does not touch it", async () => {
    await run("start", "--port", "0", "--once");
    const file = join(folder, "data/sms-api-storage/identities.json");
    const broken = (await readFile(file, "utf8")).replace('"users"', '"user"');
    await writeFile(file, broken);
    const result = await run("start", "--port", "0", "--once");
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/identities\.json, line \d+, column \d+/);
    expect(await readFile(file, "utf8")).toBe(broken);
  });

  it("ends, and does not stay on its port, when no administrator is left", async () => {
    await run("start", "--port", "0", "--once");
    const file = join(folder, "data/sms-api-storage/identities.json");
    const powerless = (await readFile(file, "utf8")).replaceAll('"administrator"', '"none"');
    await writeFile(file, powerless);
    const result = await run("start", "--port", "0");
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("no user with administrator access");
  });

  it("names the process that has the data folder", async () => {
    const server = start("--port", "0");
    await waitForText(server, "Serving. Ctrl-C stops it.");
    const result = await run("start", "--port", "0", "--once");
    expect(result.code).toBe(6);
    expect(result.stderr).toContain(`in use by process ${server.pid}`);
    expect(result.stderr).toMatch(/next: .*--data-dir/);
  });
});
