import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import type { IdentitiesFile } from "../../src/server/identities/identities-file.ts";
import { testCredentials } from "../../src/testing/test-credentials.ts";
import { runCommand, startCommand, waitForText } from "./command.ts";

it("commands work on a server that plays Qumulo", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sms-qumulo-"));
  const flags = ["--ephemeral", "--port", "0", "--json", "--personality", "qumulo"];
  const server = startCommand(["server", ...flags], { cwd: folder });
  try {
    const { endpoint, identitiesFile } = JSON.parse(await waitForText(server, "}\n")) as {
      endpoint: string;
      identitiesFile: string;
    };
    const identities = JSON.parse(await readFile(identitiesFile, "utf8")) as IdentitiesFile;
    const { admin } = testCredentials(identities);
    const env = {
      STORAGE_BACKEND: "qumulo",
      STORAGE_QUMULO_BUCKET: "sims",
      STORAGE_QUMULO_ENDPOINT_URL: endpoint,
      STORAGE_QUMULO_ACCESS_KEY_ID: admin.accessKeyId,
      STORAGE_QUMULO_SECRET_ACCESS_KEY: admin.secretAccessKey,
    };
    const run = async (...args: string[]): Promise<string> => {
      const done = await runCommand(args, { cwd: folder, env });
      expect({ args, code: done.code, stderr: done.stderr }).toMatchObject({ args, code: 0 });
      return done.stdout;
    };
    await mkdir(join(folder, "tree/runs"), { recursive: true });
    for (const name of ["a", "b", "c"]) await writeFile(join(folder, "tree/runs", name), name);
    const keys = await runCommand(["server", "keys", "--data-dir", dirname(identitiesFile)], {
      cwd: folder,
    });
    expect(keys.stderr).toMatch(/plays qumulo, which has neither IAM nor STS/);
    expect(keys.stderr).toContain(`stand in ${identitiesFile}.`);
    await run("mb", "s3://sims");
    const probed = await run("probe", "s3://sims");
    expect(probed).toMatch(/^overwrite +no +refused: AccessDenied \(403\); the object stayed$/m);
    expect(await run("ls", "-r", "s3://sims")).toBe("");
    await run("cp", "-r", "tree", "s3://sims/data");
    await writeFile(join(folder, "tree/runs/a"), "changed");
    // Written over although the store refuses that.
    await run("sync", "tree", "s3://sims/data");
    expect(await run("cat", "s3://sims/data/runs/a")).toBe("changed");
    // As a crash between deletion and copy leaves it.
    await run(
      "mv",
      "s3://sims/data/runs/a",
      "s3://sims/data/runs/a.sms-staging/00000000-0000-4000-8000-000000000001",
    );
    const young = await runCommand(["recover", "s3://sims/data/"], { cwd: folder, env });
    expect([young.code, young.stdout]).toEqual([7, expect.stringContaining("is younger than")]);
    const recovered = await run("recover", "--older-than", "0s", "s3://sims/data/");
    expect(recovered).toBe("finish s3://sims/data/runs/a\n");
    // A prefix that is the path of nothing.
    expect(await run("ls", "s3://sims/data/ru")).toContain("PRE runs/");
    await run("verify-tree", "tree", "s3://sims/data");
    await run("rm", "-r", "--yes", "s3://sims/data/");
    // Its directory is still there, and goes as an object of that name.
    expect(await run("ls", "-r", "s3://sims/")).toContain("data/runs/");
  } finally {
    server.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
});
