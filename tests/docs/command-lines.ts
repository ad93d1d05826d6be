import { Command, CommanderError } from "commander";
import { describeProgram } from "../../src/cli/describe-program.ts";
import { findFences } from "./fences.ts";

/** A call of the command `sms-storage` that a page shows. */
export interface CommandLine {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly words: readonly string[];
  /** In a sentence or a table's head, where `sms-storage cp` stands for the command and not for a call. */
  readonly isName: boolean;
}

/** Our command, by its name, or as a clone has it, where a command may begin. */
const call = /(?:^|[|;&(`]\s*|\benv (?:\w+=\S+ )+)(?:sms-storage|node dist\/cli\/main\.js)(?= )/g;

/** Every call of the command in the blocks of shells, the tables and the sentences of a page. */
export function findCommandLines(path: string, page: string): readonly CommandLine[] {
  const fences = findFences(path, page);
  const inBlocks = fences
    .filter(({ language }) => language === "sh")
    .flatMap((fence) => findCalls({ ...fence, line: fence.line + 1 }, false));
  const inside = (line: number) =>
    fences.some(
      (fence) => line >= fence.line && line <= fence.line + fence.text.split("\n").length,
    );
  const rows = page.split("\n");
  const inText = rows.flatMap((row, index) =>
    inside(index + 1) ? [] : inRow(path, index + 1, row),
  );
  return [...inBlocks, ...inText];
}

/** In a table a single word behind the command is its name as well: a row shows whole calls. */
function inRow(path: string, line: number, row: string): readonly CommandLine[] {
  const isTable = row.startsWith("|");
  return [...row.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) => {
    const text = isTable ? code.replaceAll("\\|", "|") : code;
    return findCalls({ path, line, text }, !isTable || /^\S+ \S+$/.test(text));
  });
}

interface Place {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

function findCalls({ path, line, text }: Place, isName: boolean): readonly CommandLine[] {
  // A line that goes on in the next one keeps its number.
  return text.split("\n").flatMap((row, index, rows) => {
    let whole = row;
    for (let next = index + 1; whole.endsWith("\\"); next++) {
      whole = `${whole.slice(0, -1)}${rows[next] ?? ""}`;
    }
    return [...whole.matchAll(call)].map((match) => ({
      path,
      line: line + index,
      words: shellWords(whole.slice(match.index + match[0].length)),
      isName,
    }));
  });
}

/** The words of a command, up to where a shell ends it. */
export function shellWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  const end = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (const [part, single, double] of text.matchAll(
    /'([^']*)'|"([^"]*)"|\s+#.*|\s+|[|;&)><]|./gs,
  )) {
    if (/^\s+#/.test(part) || /^[|;&)><]$/.test(part)) break;
    if (/^\s+$/.test(part)) end();
    else word = (word ?? "") + (single ?? double ?? part);
  }
  end();
  return words;
}

/** What a sentence may leave out where it names a command or an option. */
const leftOut: ReadonlySet<string> = new Set([
  "commander.missingArgument",
  "commander.optionMissingArgument",
  "commander.help",
]);

/** What the command says of a call that it refuses, before it does anything; undefined where it takes it. */
export function refusalOf({
  words,
  isName,
}: Pick<CommandLine, "words" | "isName">): string | undefined {
  const program = new Command("sms-storage").exitOverride();
  describeProgram(program, {
    ownCommand: "sms-storage",
    visit: (command) => command.action(() => undefined),
  });
  for (const command of allOf(program)) {
    command.exitOverride();
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  }
  program.version("0");
  try {
    program.parse(words, { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    return isName && leftOut.has(error.code) ? undefined : error.message;
  }
}

function allOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}
