import type { Command } from "commander";
import type { CommandContext } from "./context.ts";
import type { OptionValues } from "./option-values.ts";

/**
 * One command of `sms-storage`. `define` runs at every start, so it stays light; `run` loads what it
 * needs by `import()`. The answer of `run` is the exit code, 0 when there is none.
 */
export interface CommandDefinition {
  readonly name: string;
  /**
   * With these arguments it only reads, so that nothing is undone when the reader of its output has
   * seen enough and goes away: that is no failure then. Default: no.
   */
  readonly readsOnly?: (args: readonly string[]) => boolean;
  /** Left out of help, manual and completion. Default: no. */
  readonly hidden?: boolean;
  readonly define: (command: Command) => void;
  readonly run: (
    context: CommandContext,
    args: readonly string[],
    options: OptionValues,
  ) => Promise<number | void>;
  readonly subcommands?: readonly CommandDefinition[];
  /** Runs without a subcommand too. Default: what has subcommands does not. */
  readonly runsAlone?: boolean;
}

/** Help text of examples: what it does, then the command. */
export function examples(...pairs: readonly (readonly [string, string])[]): string {
  const lines = pairs.map(([purpose, command]) => `  # ${purpose}\n  $ ${command}`);
  return `\nExamples:\n${lines.join("\n")}\n`;
}
