import { spawn } from "node:child_process";

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard input; empty by default. */
  readonly input?: string | Uint8Array;
  /** Default 120 s; then the command is killed. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** 128 plus the signal's number is not used: a killed command has -1. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, with exactly the given environment. Never throws for an exit code. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.env ?? {},
      cwd: options.cwd,
      timeout: options.timeoutMs ?? 120_000,
      killSignal: "SIGKILL",
    });
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdout.on("data", (bytes: Buffer) => output.stdout.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => output.stderr.push(bytes));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({
        exitCode: code ?? -1,
        stdout: Buffer.concat(output.stdout).toString("utf8"),
        stderr: Buffer.concat(output.stderr).toString("utf8"),
      });
    });
    // A command that ends without reading its input is not an error of the test.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** Standard output of a command that must succeed; throws with all it said otherwise. */
export async function outputOf(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await runCommand(command, args, options);
  if (result.exitCode !== 0) {
    throw new Error(
      `${command} ${args.join(" ")}\nended with exit code ${result.exitCode}\n` +
        `${result.stderr}${result.stdout}`,
    );
  }
  return result.stdout;
}
