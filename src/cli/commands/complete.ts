import type { CommandDefinition } from "../command.ts";
import type { Runtime } from "../context.ts";
import { flushed } from "../output-failure.ts";
import type { Completion } from "../completion/complete-line.ts";

/**
 * What the completion scripts run: the shell's name, then the words up to the cursor (of bash the line
 * as it stands, and the part that bash would replace). Prints a way to go on per line, with a
 * tab before its description. Silent whatever fails: the user is in the middle of a line.
 */
export const completeCommand: CommandDefinition = {
  name: "complete",
  hidden: true,
  readsOnly: () => true,
  define: (command) => command.argument("[words...]"),
  run: async ({ runtime }, [shell = "", ...words]) => {
    const lines = await linesFor(shell, words, runtime).catch(() => []);
    runtime.stdout.write(lines.map((line) => `${line}\n`).join(""));
    await flushed(runtime.stdout);
    // What took too long may still be under way; nobody waits for it.
    process.exit(0);
  },
};

async function linesFor(
  shell: string,
  given: readonly string[],
  runtime: Runtime,
): Promise<readonly string[]> {
  const { completeLine } = await import("../completion/complete-line.ts");
  if (shell !== "bash") {
    const last = (given.at(-1) ?? "").replace(shell === "powershell" ? /^=/ : /^$/, "");
    return describedLines(await completeLine([...given.slice(0, -1), last], runtime));
  }
  const { bashReply, splitBashLine } = await import("../completion/bash-words.ts");
  const [line = "", current = ""] = given;
  const { words, open } = splitBashLine(line);
  const completion = await completeLine(words.slice(1), runtime);
  if (completion === "files") return [":files"];
  return completion
    .filter(({ value }) => isOneLine(value))
    .flatMap(({ value }) => bashReply(value, open, current) ?? []);
}

function describedLines(completion: Completion): readonly string[] {
  if (completion === "files") return [":files"];
  return completion
    .filter(({ value }) => isOneLine(value))
    .map(({ value, description }) =>
      description === undefined ? value : `${value}\t${description.replaceAll(/\s+/g, " ")}`,
    );
}

/** A key that would move the cursor is not offered; nor one that the scripts take for their word. */
function isOneLine(value: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(value) && !value.startsWith(":");
}
