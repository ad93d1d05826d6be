import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startTestServer } from "../../src/testing/start-test-server.ts";
import { recoverReplacements } from "../../src/transfer/replace/recover-replacements.ts";

const dist = process.env["SMS_DIST"] ?? join(import.meta.dirname, "..", "..", "dist");

it("a writer that is killed between deletion and copy leaves its bytes to be put in place", async () => {
  await using server = await startTestServer({
    personality: "qumulo",
    faults: [{ fault: "latency", operations: ["CopyObject"], ms: 30_000 }],
  });
  const { service } = server;
  await service.uploadBytes("the old object", "runs/a");
  const writer = spawn(
    process.execPath,
    [join(import.meta.dirname, "replacer.mjs"), dist, "runs/a"],
    { env: { ...process.env, ...server.env }, stdio: "ignore" },
  );
  const exited = once(writer, "exit");
  try {
    while (await service.exists("runs/a")) {
      expect(writer.exitCode).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    writer.kill("SIGKILL");
  }
  expect(await exited).toEqual([null, "SIGKILL"]);
  server.faults.set([]);
  const store = server.store();
  // Young bytes may be those of a writer that is at it.
  expect(await recoverReplacements(store)).toMatchObject([{ action: "left" }]);
  const recovered = await recoverReplacements(store, { olderThanMs: 0 });
  expect(recovered).toMatchObject([{ key: "runs/a", action: "finished", sizeBytes: 14 }]);
  const found = Buffer.from((await service.getFileContents("runs/a")) ?? "");
  expect(found.toString()).toBe("the new object");
  const { objects } = await store.listObjects();
  expect(objects.map(({ key }) => key)).toEqual(["runs/a"]);
});
