import { PassThrough } from "node:stream";
import { runCommandLine } from "../../src/cli/run-command-line.ts";
import type { Environment } from "./examine-with.ts";

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Place {
  readonly environment: Environment;
  readonly cwd: string;
  /** The words by which it was called. Default `sms-storage`. */
  readonly ownCommand?: string;
}

/** Runs a command of the program in this process, as `sms-storage ARGS` would in `cwd`. */
export async function runHere(
  args: readonly string[],
  { environment, cwd, ownCommand = "sms-storage" }: Place,
): Promise<Answer> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const texts = [textOf(stdout), textOf(stderr)];
  const code = await runCommandLine(args, {
    environment,
    cwd,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    signal: new AbortController().signal,
    outputError: () => undefined,
    ownCommand,
  });
  stdout.end();
  stderr.end();
  const [out = "", err = ""] = await Promise.all(texts);
  return { code, stdout: out, stderr: err };
}

async function textOf(stream: PassThrough): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** The words of a printed command, as a shell parts them. */
export function wordsOf(line: string): readonly string[] {
  const [program, ...words] = [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) =>
    word.replaceAll("'", ""),
  );
  if (program !== "sms-storage") throw new Error(`${line} is no command of ours.`);
  return words;
}
