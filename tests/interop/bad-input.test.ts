import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsCliReleases, clientEnvironment, passed, runPython, venv } from "./foreign-clients.ts";
import { ownCommand, OwnServer } from "./own-server.ts";
import { runCommand } from "./run-command.ts";

describe("bad input through real clients", () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  it.each([
    ["an unknown access key", "wrong_key"],
    ["a wrong secret", "wrong_secret"],
    ["expired, wrong and missing session tokens", "session_tokens"],
    ["bad bucket names", "bucket_names"],
    ["keys over 1,024 bytes", "keys"],
    ["an unknown location", "location"],
    ["digests that do not fit", "digests"],
    ["bodies shorter than declared", "short_body"],
    ["missing and excessive lengths", "declared_lengths"],
    ["broken chunk framing", "framing"],
    ["malformed documents", "documents"],
    ["anonymous requests", "anonymous"],
    ["nonsense", "nonsense"],
  ])("%s", async (_, name) => {
    const { admin, session, expired } = server.identities;
    const parameters = { admin, session, expired };
    const result = await runPython(server, "bad_input_cases.py", name, parameters);
    expect(result).toMatchObject(passed);
  });

  it.each(["-1h", "+1h"])("a clock that is off by %s", async (offset) => {
    const script = new URL("python/bad_input_cases.py", import.meta.url).pathname;
    const faked = await runCommand(
      "/usr/bin/faketime",
      ["-f", offset, `${venv}/bin/python`, script, "skewed_clock"],
      { env: clientEnvironment(server) },
    );
    expect(faked).toMatchObject({ exitCode: 0 });
  });

  it.each(awsCliReleases)("$name says what was wrong with its keys", async (cli) => {
    const endpoint = cli.needsEndpointOption ? ["--endpoint-url", server.endpoint] : [];
    const list = (env: Record<string, string>) =>
      runCommand(cli.executable, [...endpoint, "s3api", "list-buckets"], { env });
    const admin = clientEnvironment(server);
    const refused = { exitCode: cli.exitCodes.refusedByService };

    const unknown = await list({ ...admin, AWS_ACCESS_KEY_ID: "AKIANOSUCHKEYANYWHER" });
    expect(unknown).toMatchObject(refused);
    expect(unknown.stderr).toContain("(InvalidAccessKeyId) when calling the ListBuckets operation");
    const wrong = await list({ ...admin, AWS_SECRET_ACCESS_KEY: "wrong" });
    expect(wrong).toMatchObject(refused);
    expect(wrong.stderr).toContain("(SignatureDoesNotMatch)");
    const expired = await list(clientEnvironment(server, server.identities.expired));
    expect(expired).toMatchObject(refused);
    expect(expired.stderr).toContain("(ExpiredToken)");
    const nobody = await list(clientEnvironment(server, server.identities.nobody));
    expect(nobody).toMatchObject(refused);
    expect(nobody.stderr).toContain("(AccessDenied)");
  });

  it("leaves no secret in what the server writes", () => {
    const { admin, session } = server.identities;
    expect(server.log).not.toContain(admin.secretAccessKey);
    expect(server.log).not.toContain(session.secretAccessKey);
    expect(server.log).not.toContain(session.sessionToken);
  });
});

describe("a start that cannot work", () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  async function start(directory: string, port: number) {
    const args = [...ownCommand, "server", `--data-dir=${directory}`, `--port=${port}`];
    return runCommand(process.execPath, args, {
      env: { PATH: process.env["PATH"] ?? "", HOME: server.scratch },
      timeoutMs: 20_000,
    });
  }
  async function folderWithIdentities(name: string, text: string, mode = 0o600): Promise<string> {
    const folder = join(server.scratch, name);
    await mkdir(folder, { mode: 0o700 });
    await writeFile(join(folder, "identities.json"), text);
    await chmod(join(folder, "identities.json"), mode);
    return folder;
  }

  it("on a port in use says so", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const result = await start(join(server.scratch, "port-in-use"), port);
    await new Promise((resolve) => taken.close(resolve));
    expect(result.exitCode).toBeGreaterThan(0);
    expect(result.stderr).toContain(String(port));
    expect(result.stderr).toMatch(/in use/);
    expect(result.stderr).not.toContain("    at ");
  });

  it("on a data folder in use says so", async () => {
    const result = await start(server.directory, 0);
    expect(result.exitCode).toBeGreaterThan(0);
    expect(result.stderr).toContain(server.directory);
    expect(result.stderr).not.toContain("    at ");
  });

  it("with a corrupt identities file names the place", async () => {
    const folder = await folderWithIdentities(
      "corrupt",
      '{\n  "version": 1,\n  "accounts": oops\n}',
    );
    const result = await start(folder, 0);
    expect(result.exitCode).toBeGreaterThan(0);
    expect(result.stderr).toContain(join(folder, "identities.json"));
    expect(result.stderr).toContain("line 3");
    expect(result.stderr).not.toContain("    at ");
  });

  it("with an identities file that others may read refuses it", async () => {
    const identities = JSON.stringify(server.identities.file);
    const folder = await folderWithIdentities("readable", identities, 0o644);
    const result = await start(folder, 0);
    expect(result.exitCode).toBeGreaterThan(0);
    expect(result.stderr).toContain("chmod 600");
  });
});
