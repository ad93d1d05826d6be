import { basename, delimiter, dirname, isAbsolute, relative, resolve } from "node:path";
import { shellWord } from "../core/shell-word.ts";

const name = "sms-storage";

/** How this process was called. */
export interface OwnCall {
  /** The script, as `process.argv[1]` has it. */
  readonly script: string;
  readonly cwd: string;
  /** The variable PATH. */
  readonly path: string | undefined;
  /** npm puts a project's folder into the PATH of what it runs, which the user's own shell has not. */
  readonly isRunByNpm: boolean;
}

/**
 * The words with which a shell in the same folder calls this very program again. Never those of a
 * package runner: in a folder without the package, it would fetch whatever stands under the name in
 * the public registry and run that.
 */
export function ownCommand({ script, cwd, path = "", isRunByNpm }: OwnCall): string {
  const folder = dirname(script);
  const isProjectOwn = folder.replaceAll("\\", "/").endsWith("node_modules/.bin");
  const isInPath = path
    .split(delimiter)
    .some((each) => each !== "" && resolve(cwd, each) === folder);
  if (basename(script) === name && isInPath && !(isProjectOwn && isRunByNpm)) return name;
  const near = relative(cwd, script);
  const shown = near.startsWith("..") || isAbsolute(near) ? script : near;
  const words = shellWord(shown);
  return script.endsWith(".js") ? `node ${words}` : words;
}

/** A text of ours in which calls of this program, such as `sms-storage ls`, are those that the shell knows. */
export function inOwnWords(text: string, own: string): string {
  return text.replaceAll(/(?<![\w./-])sms-storage(?= (?:--)?[a-z])/g, () => own);
}
