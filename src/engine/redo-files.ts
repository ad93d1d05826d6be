import { closeSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { errorCodeOf } from "./disk-errors.ts";
import { readRecords, type RedoRecord } from "./redo-format.ts";

const fileName = /^(\d+)\.(rows|log)$/;

/**
 * The redo folder: a second record of everything that the index holds, by which it can be rebuilt.
 * `S.rows` has every row of the index as of some time after sequence number S; `S.log` has every
 * change from S on. All rows put, then all changes made again, give the index of now.
 */
export interface RedoFiles {
  /** The newest `rows` that is finished; undefined: there is none. */
  readonly base: number | undefined;
  /** Logs from the base on, oldest first. */
  readonly logs: readonly number[];
  /** Names of files that are needed no more. */
  readonly old: readonly string[];
}

export function findRedoFiles(directory: string): RedoFiles {
  const names = namesIn(directory);
  const numbers = (kind: string): number[] =>
    names
      .map((name) => fileName.exec(name))
      .flatMap((match) => (match?.[2] === kind ? [Number(match[1])] : []))
      .sort((a, b) => a - b);
  const base = numbers("rows").at(-1);
  const isNeeded = (name: string): boolean => Number(fileName.exec(name)?.[1] ?? -1) >= (base ?? 0);
  return {
    base,
    logs: numbers("log").filter((start) => start >= (base ?? 0)),
    old: names.filter((name) => /^\d+\.(rows|rows\.new|log)$/.test(name) && !isNeeded(name)),
  };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}

export function rowsPath(directory: string, start: number): string {
  return join(directory, `${start}.rows`);
}

export function logPath(directory: string, start: number): string {
  return join(directory, `${start}.log`);
}

/** What going through logs showed. */
export interface LogState {
  /** Number of the last record that follows on the others without a gap. */
  readonly last: number;
  /** How many bytes of the last log are records. */
  readonly endBytes: number;
  /** Nothing was met that is no record, but for a last one that was cut off. */
  readonly whole: boolean;
}

/** Calls `visit` for every record of logs that follow on `from`, up to the first gap. */
export function readLogs(
  directory: string,
  { base, logs }: Pick<RedoFiles, "base" | "logs">,
  visit: (record: RedoRecord) => void = () => undefined,
): LogState {
  const start = base ?? logs[0] ?? 0;
  let last = start;
  let endBytes = 0;
  for (const log of logs) {
    // Each log goes on where the one before ended.
    if (log !== last) return { last, endBytes, whole: false };
    endBytes = 0;
    const isLastLog = log === logs.at(-1);
    const gap = visitFile(logPath(directory, log), (record, end) => {
      if (record.previous !== last) return false;
      visit(record);
      last = record.sequence;
      endBytes = end;
      return true;
    });
    if (gap !== "none") return { last, endBytes, whole: gap === "end" && isLastLog };
  }
  return { last, endBytes, whole: true };
}

/** Calls `visit` for every record of logs that can be read, also behind gaps. */
export function readLogsPastGaps(
  directory: string,
  logs: readonly number[],
  visit: (record: RedoRecord) => void,
): void {
  for (const log of logs) {
    for (const read of recordsOf(logPath(directory, log))) if (!("at" in read)) visit(read);
  }
}

/** True when there is anything in the files, be it damaged: then an index there has been, too. */
export function holdsRecords(directory: string): boolean {
  const { base, logs } = findRedoFiles(directory);
  const paths = logs.map((log) => logPath(directory, log));
  if (base !== undefined) paths.push(rowsPath(directory, base));
  return paths.some((path) => {
    for (const read of recordsOf(path)) if ("at" in read || read.changes.length > 0) return true;
    return false;
  });
}

function* recordsOf(path: string): ReturnType<typeof readRecords> {
  const descriptor = openSync(path, "r");
  try {
    yield* readRecords(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** `end`: nothing comes after the gap, as when a process ends while it writes. */
type Gap = "none" | "end" | "middle";

function visitFile(path: string, visit: (record: RedoRecord, end: number) => boolean): Gap {
  let gap: Gap = "none";
  for (const read of recordsOf(path)) {
    if ("at" in read) gap = "end";
    else if (gap === "end" || !visit(read, read.end)) return "middle";
  }
  return gap;
}

/**
 * Calls `visit` for every record of a `rows` file that can be read. Undefined: some could not, or its
 * end is missing. Else the sequence number up to which logs must reach for the rows to be right.
 */
export function readRows(
  directory: string,
  base: number,
  visit: (record: RedoRecord) => void = () => undefined,
): number | undefined {
  let end: number | undefined;
  let whole = true;
  for (const read of recordsOf(rowsPath(directory, base))) {
    if ("at" in read) whole = false;
    else if (read.changes.length === 0) end = read.sequence;
    else visit(read);
  }
  return whole ? end : undefined;
}
