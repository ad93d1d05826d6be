import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { commandPath, runCommand } from "./command.ts";

const built = join(commandPath, "..");
let folder: string;
let server: TestServer;

beforeAll(async () => {
  folder = fs.mkdtempSync(join(tmpdir(), "sms-start-up-"));
  server = await startTestServer();
  await server.service.uploadBytes(new Uint8Array(3), "a/b.txt");
});
afterAll(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Files of JavaScript that a run of the command has loaded, as V8 itself counts them. */
async function loadedBy(...args: readonly string[]): Promise<string[]> {
  const coverage = fs.mkdtempSync(join(folder, "coverage-"));
  const env = { ...server.env, NODE_V8_COVERAGE: coverage };
  const result = await runCommand(args, { cwd: folder, env });
  expect(result).toMatchObject({ code: 0 });
  return fs.readdirSync(coverage).flatMap((file) => {
    const { result: scripts } = JSON.parse(fs.readFileSync(join(coverage, file), "utf8")) as {
      result: readonly { readonly url: string }[];
    };
    return scripts
      .map(({ url }) => (url.startsWith("file:") ? fileURLToPath(url) : url))
      .filter((path) => path.startsWith("/") || /^[a-z]:/i.test(path));
  });
}

it.each([
  ["--version"],
  ["ls", "s3://test-bucket/"],
  ["presign", "s3://test-bucket/a/b.txt"],
  ["exists", "s3://test-bucket/a/b.txt"],
  ["cat", "s3://test-bucket/a/b.txt"],
  ["cp", "s3://test-bucket/a/b.txt", "copy.txt"],
])("%s %s loads the one file of the command, and no package", async (...args) => {
  const loaded = await loadedBy(...args);
  const expected = ["main.js", "code-cache-folder.js", "run-compiled.js", "command.bundle.js"];
  expect(loaded.toSorted()).toEqual(expected.map((name) => join(built, name)).toSorted());
});
