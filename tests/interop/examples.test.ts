import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { venv } from "./foreign-clients.ts";
import { outputOf, runCommand } from "./run-command.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = `${venv}/bin/python`;
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } as Record<string, string>;
let folder: string;

/** As its README says it; the Python packages are there already. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interop-example-"));
  await cp(join(root, "examples", "pytest"), folder, { recursive: true });
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  await outputOf("npm", pack, { env, cwd: root });
  const quietly = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];
  await outputOf("npm", ["install", ...quietly], { env, cwd: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("the Python packages that examples/pytest asks for are those of these tests", async () => {
  const install = ["-m", "pip", "install", "--no-index", "--requirement", "requirements.txt"];
  const said = await outputOf(python, install, { env, cwd: folder });
  expect(said).toContain("Requirement already satisfied: boto3");
  expect(said).toContain("Requirement already satisfied: pytest");
});

it("examples/pytest passes with the packed package", async () => {
  const tests = await runCommand(python, ["-m", "pytest", "-p", "no:cacheprovider"], {
    env,
    cwd: folder,
  });
  expect(tests.stdout).toMatch(/\b5 passed in /);
  expect(tests.exitCode).toBe(0);
});
