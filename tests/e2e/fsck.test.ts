import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommand, startCommand, waitForText } from "./command.ts";

let cwd = "";

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "fsck-"));
});

afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
});

test("fsck says what is there, repairs a damaged index, and keeps away from a running server", async () => {
  const none = await runCommand(["fsck", "--data-dir", "data"], { cwd });
  expect([none.code, none.stdout]).toEqual([3, ""]);
  expect(none.stderr).toContain("holds no store");

  const server = startCommand(["server", "--data-dir", "data", "--port", "0"], { cwd });
  await waitForText(server, "Ready");
  const busy = await runCommand(["fsck", "--data-dir", "data"], { cwd });
  expect(busy.code).toBe(6);
  expect(busy.stderr).toContain(`in use by process ${server.pid}`);
  expect(busy.stderr).toContain("next: Stop that server first: fsck has to have the folder");
  server.kill("SIGTERM");
  await once(server, "exit");

  const sound = await runCommand(["fsck", "--data-dir", "data", "--json"], { cwd });
  expect(sound.code).toBe(0);
  expect(JSON.parse(sound.stdout)).toMatchObject({
    type: "fsck",
    sound: true,
    index: { problemCount: 0 },
    redo: { whole: true },
    store: { versions: 0, incompleteCount: 0 },
  });

  const path = join(cwd, "data", "store", "index", "data.mdb");
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0, 16_384));
  const refused = await runCommand(["server", "--data-dir", "data", "--port", "0"], { cwd });
  expect(refused.code).toBe(8);
  expect(refused.stderr).toMatch(/data\.mdb is damaged: .*\n.*fsck --repair/s);
  const damaged = await runCommand(["fsck", "--data-dir", "data"], { cwd });
  expect(damaged.code).toBe(8);
  expect(damaged.stdout).toMatch(/index +damaged: \d+ problems/);
  expect(damaged.stderr).toContain("--repair rebuilds it exactly");
  const repaired = await runCommand(["fsck", "--data-dir", "data", "--repair"], { cwd });
  expect(repaired).toMatchObject({ code: 0, stderr: "" });
  expect(repaired.stdout).toMatch(/rebuilt +exactly/);
  expect((await runCommand(["fsck", "--data-dir", "data"], { cwd })).code).toBe(0);
});
