import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The built command; `npm test` builds it first. */
export const commandPath = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

const cacheFolder = fileURLToPath(new URL("../../.cache/e2e", import.meta.url));

/** What its messages call it: nothing of that name is in PATH here. */
export const ownCommand = `node ${commandPath}`;

export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** On top of a bare environment: nothing of the machine's AWS or STORAGE variables gets in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

/** Runs `sms-storage` as a user's shell would, without a terminal, to its end. */
export async function runCommand(
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const child = startCommand(args, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input ?? "");
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return {
    code,
    signal,
    stdout: Buffer.concat(stdout).toString("utf8"),
    stderr: Buffer.concat(stderr).toString("utf8"),
  };
}

export function startCommand(args: readonly string[], options: CommandOptions): ChildProcess {
  return spawn(process.execPath, [commandPath, ...args], {
    cwd: options.cwd,
    env: {
      PATH: process.env["PATH"],
      HOME: options.cwd,
      // Not in the folder of the test, and quicker from the second run on.
      XDG_CACHE_HOME: cacheFolder,
      ...options.env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Resolves with all that was printed once `text` shows up; rejects when the process ends first. */
export async function waitForText(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = "";
    const look = (chunk: Buffer) => {
      seen += chunk.toString("utf8");
      if (seen.includes(text)) resolve(seen);
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.once("exit", (code) =>
      reject(new Error(`ended with ${code} before "${text}":\n${seen}`)),
    );
  });
}
