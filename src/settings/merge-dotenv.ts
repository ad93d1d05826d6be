import { StorageError } from "../core/errors.ts";
import { parseDotenv } from "./parse-dotenv.ts";
import { secretVariables } from "./variables.ts";

export interface MergeDotenvOptions {
  /** Lets credentials be written. Default false: asking for it throws InvalidArgument. */
  readonly allowSecrets?: boolean;
}

export interface MergedDotenv {
  readonly text: string;
  /** Names whose value was added or changed; empty: the text is as it was. */
  readonly changed: readonly string[];
}

/**
 * Puts values into the text of a `.env` file: a name that is there is replaced in place, others come
 * at the end; comments, order, line ends and foreign lines stay. Lines are plain `NAME=value`,
 * since `docker --env-file` knows neither `export` nor quotes; quotes come only where they must.
 */
export function mergeDotenv(
  text: string,
  values: Readonly<Record<string, string>>,
  options: MergeDotenvOptions = {},
): MergedDotenv {
  const wanted = Object.entries(values);
  for (const [name] of wanted) assertWritable(name, options);
  const last = new Map(parseDotenv(text).entries.map((entry) => [entry.name, entry]));
  const changes = wanted.filter(([name, value]) => last.get(name)?.value !== value);

  let merged = text;
  const inPlace = changes
    .flatMap(([name, value]) => {
      const entry = last.get(name);
      return entry === undefined ? [] : [{ entry, value }];
    })
    .sort((a, b) => b.entry.start - a.entry.start);
  for (const { entry, value } of inPlace) {
    const comment = entry.comment === "" ? "" : ` ${entry.comment}`;
    const line = `${entry.name}=${quoteValue(value)}${comment}`;
    merged = merged.slice(0, entry.start) + line + merged.slice(entry.end);
  }
  const added = changes.filter(([name]) => !last.has(name));
  return { text: append(merged, added), changed: changes.map(([name]) => name) };
}

function assertWritable(name: string, options: MergeDotenvOptions): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new StorageError("InvalidArgument", `${JSON.stringify(name)} is no variable name.`);
  }
  if (secretVariables.has(name) && options.allowSecrets !== true) {
    throw new StorageError("InvalidArgument", `${name} is a secret and was not asked for.`, {
      remedy: "Leave keys out of .env: use SSO, a profile or a role; or ask for it expressly.",
    });
  }
}

function append(text: string, lines: readonly (readonly [string, string])[]): string {
  if (lines.length === 0) return text;
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const gap = text === "" || text.endsWith("\n") ? "" : lineEnd;
  const added = lines.map(([name, value]) => `${name}=${quoteValue(value)}${lineEnd}`);
  return text + gap + added.join("");
}

function quoteValue(value: string): string {
  if (/^[^\s"'`#\\$]*$/.test(value)) return value;
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}
