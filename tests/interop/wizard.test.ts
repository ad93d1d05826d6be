import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ownCommand, OwnServer } from "./own-server.ts";
import { runCommand, type CommandResult } from "./run-command.ts";

// `setup` as a person meets it: on a real terminal, which Node alone cannot make.

const script = fileURLToPath(new URL("python/at_terminal.py", import.meta.url));
let server: OwnServer;
let count = 0;

beforeAll(async () => {
  server = await OwnServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

async function freshFolder(): Promise<string> {
  const folder = join(server.scratch, `wizard-${(count += 1)}`);
  await mkdir(folder);
  return folder;
}

function environment(cwd: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = server.identities.admin;
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: cwd,
    XDG_CACHE_HOME: join(server.scratch, "cache"),
    TERM: "xterm",
    STORAGE_S3_ENDPOINT_URL: server.endpoint,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

const atTerminal = (
  cwd: string,
  answers: readonly (readonly [string, string])[],
): Promise<CommandResult> =>
  runCommand(
    "python3",
    [script, JSON.stringify(answers), process.execPath, ...ownCommand, "setup"],
    { cwd, env: environment(cwd) },
  );

const enter = "\r";
const questions = (bucket: string) =>
  [
    ["Which store?", enter],
    ["Address", enter],
    ["Bucket [", `${bucket}${enter}`],
    ["[caller]", enter],
    ["[read-write]", enter],
    ["(versioning)?", enter],
    ["under test/ go [7]", enter],
    ["old versions go [30]", enter],
    ["/.env?", enter],
    ["or none", enter],
  ] as const;

it("asks on a terminal, edits what is typed, and sets up what is agreed on", async () => {
  const cwd = await freshFolder();
  const bucket = "asked-on-a-terminal";
  // A letter too many, taken back by the key for it.
  const typed = questions(bucket).map(([question, answer]) =>
    answer === `${bucket}${enter}`
      ? ([question, `${bucket}x\u007f${enter}`] as const)
      : ([question, answer] as const),
  );
  const { stdout, exitCode } = await atTerminal(cwd, [...typed, ["Apply this plan?", `y${enter}`]]);
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain(`${bucket} is set up and usable`);
  expect(await readFile(join(cwd, ".env"), "utf8")).toContain(`STORAGE_S3_BUCKET=${bucket}\n`);
  const again = await runCommand(process.execPath, [...ownCommand, "setup", "--yes"], {
    cwd,
    env: environment(cwd),
  });
  expect(again).toMatchObject({ exitCode: 0 });
  expect(again.stdout).toContain("No changes");
});

it.each([
  ["Ctrl-C at a question", 2, "Bucket [", "\u0003"],
  ["Ctrl-C at the plan", 10, "Apply this plan?", "\u0003"],
  ["Ctrl-D", 10, "Apply this plan?", "\u0004"],
])("%s does nothing, and gives the terminal back", async (_, answered, question, key) => {
  const cwd = await freshFolder();
  const bucket = `broken-off-${count}`;
  const { stdout, exitCode } = await atTerminal(cwd, [
    ...questions(bucket).slice(0, answered),
    [question, key],
  ]);
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 130 });
  expect(stdout).toContain("nothing was changed");
  expect((await readdir(cwd)).filter((name) => !name.startsWith(".cache"))).toEqual([]);
  const made = await runCommand(process.execPath, [...ownCommand, "ls"], {
    cwd,
    env: environment(cwd),
  });
  expect(made.stdout).not.toContain(bucket);
});
