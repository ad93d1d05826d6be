import { checkArgument, isPlainObject, isText } from "../core/check-options.ts";
import { StorageError } from "../core/errors.ts";

/** Partitions in the order of a path, and what stands before and behind them. */
export interface HivePath {
  readonly before: string;
  readonly partitions: Readonly<Record<string, string>>;
  readonly after: string;
}

/**
 * `variant=0/seed=1` of `{ variant: 0, seed: 1 }`, in the order of its names. What would not be one part
 * of a path is written as `%XX`, as Hive and PyArrow do. Throws InvalidArgument.
 *
 * @example
 * const path = `exp-1/${formatHivePath({ variant: 0, seed: 1 })}/table.parquet`;
 */
export function formatHivePath(partitions: Readonly<Record<string, string | number>>): string {
  if (!isPlainObject(partitions)) throw refused("the partitions must be an object");
  return Object.entries(partitions)
    .map(([name, value]) => {
      if (name === "") throw refused("a partition has no name");
      if (value === "") throw refused(`the partition ${name} has no value`);
      if (typeof value !== "string" && !Number.isFinite(value)) {
        throw refused(`the partition ${name} is neither a string nor a finite number`);
      }
      return `${escaped(name)}=${escaped(String(value))}`;
    })
    .join("/");
}

/**
 * The first run of parts with a `=` in a path: `a/variant=0/seed=1/x.tsv` has `variant` and `seed`. No
 * partitions where there is none. Throws InvalidArgument when one name comes twice.
 *
 * @example
 * const { partitions } = parseHivePath("runs/variant=0/seed=1/mass.parquet");
 */
export function parseHivePath(path: string): HivePath {
  checkArgument("parseHivePath", "the path", path, isText);
  const parts = path.split("/");
  const first = parts.findIndex(isPartition);
  if (first === -1) return { before: path, partitions: {}, after: "" };
  const behind = parts.findIndex((part, index) => index > first && !isPartition(part));
  const end = behind === -1 ? parts.length : behind;
  const partitions = new Map<string, string>();
  for (const part of parts.slice(first, end)) {
    const equals = part.indexOf("=");
    const name = unescaped(part.slice(0, equals));
    if (partitions.has(name)) throw refused(`${path} has two partitions ${name}`);
    partitions.set(name, unescaped(part.slice(equals + 1)));
  }
  return {
    before: parts.slice(0, first).join("/"),
    // A partition may have any name, also one that objects have by themselves.
    partitions: Object.fromEntries(partitions),
    after: parts.slice(end).join("/"),
  };
}

function isPartition(part: string): boolean {
  return /^[^=]+=[^]/.test(part);
}

// eslint-disable-next-line no-control-regex -- control characters are no part of a path
const special = /[\u0000-\u001f\u007f"#%'*/:=?\\{}[\]^]/g;

function escaped(text: string): string {
  if (!text.isWellFormed()) throw refused("a partition is no valid Unicode");
  return text.replace(special, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
    return `%${code}`;
  });
}

/** What is no escape stands as it is. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refused(what: string): StorageError {
  return new StorageError("InvalidArgument", `A path of partitions cannot be: ${what}.`);
}
