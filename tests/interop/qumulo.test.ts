import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passed, runPython } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";
import { rcloneEnvironment } from "./rclone-environment.ts";
import { outputOf, runCommand } from "./run-command.ts";

describe("a server that plays Qumulo", () => {
  let server: OwnServer;
  let env: Record<string, string>;
  const scratch = (name: string) => join(server.scratch, name);

  beforeAll(async () => {
    server = await OwnServer.start({ flags: ["--personality", "qumulo"] });
    env = {
      ...rcloneEnvironment(server),
      RCLONE_RETRIES: "1",
      RCLONE_LOW_LEVEL_RETRIES: "1",
    };
    await rclone("mkdir", "own:rclone");
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const rclone = (...args: string[]): Promise<string> =>
    outputOf("rclone", args, { env, cwd: server.scratch });

  it.each([
    ["head_delete_put", "HEAD, DELETE, PUT replaces objects, a PUT alone does not"],
    ["listing", "listings are whole and in no order"],
    ["refusals", "what it lacks is refused"],
  ])("boto3, %s: %s", async (name) => {
    expect(await runPython(server, "qumulo_cases.py", name)).toMatchObject(passed);
  });

  it("rclone carries a tree there and back, in parts too", async () => {
    await mkdir(scratch("tree/runs/1"), { recursive: true });
    for (let n = 0; n < 12; n += 1) await writeFile(scratch(`tree/runs/1/f${n}`), `file ${n}`);
    await writeFile(scratch("tree/large"), Buffer.alloc(17 * 1024 * 1024, "block"));
    const parts = ["--s3-chunk-size=5M", "--s3-upload-cutoff=10M"];
    await rclone("copy", ...parts, "tree", "own:rclone/tree");
    await rclone("check", "--download", "tree", "own:rclone/tree");
    await rclone("copy", "own:rclone/tree", "back");
    expect(await readFile(scratch("back/runs/1/f7"), "utf8")).toBe("file 7");
    expect((await rclone("lsf", "-R", "--files-only", "own:rclone/tree")).split("\n")).toHaveLength(
      14,
    );
  });

  it("rclone cannot change a file, and can delete it and its directory", async () => {
    await writeFile(scratch("tree/runs/1/f3"), "changed, and longer");
    const sync = await runCommand("rclone", ["sync", "tree", "own:rclone/tree"], {
      env,
      cwd: server.scratch,
    });
    expect(sync.exitCode).not.toBe(0);
    expect(sync.stderr).toMatch(/AccessDenied|403/);
    await rclone("deletefile", "own:rclone/tree/runs/1/f3");
    await rclone("sync", "tree", "own:rclone/tree");
    await rclone("check", "--download", "tree", "own:rclone/tree");
    await rclone("delete", "own:rclone/tree");
    expect(await rclone("lsf", "-R", "--files-only", "own:rclone")).toBe("");
  });
});
