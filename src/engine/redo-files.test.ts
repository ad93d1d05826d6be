import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { findRedoFiles, logPath, readLogs } from "./redo-files.ts";
import { RedoLog } from "./redo-log.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";

/** A log from 0 on with the changes 1 and 2. */
async function writeLog(directory: string): Promise<RedoLog> {
  const { log } = RedoLog.open(directory, 0, () => undefined);
  const change = { table: "meta" as const, key: Buffer.from("k"), row: undefined };
  for (const sequence of [1, 2]) log.append(sequence, [change]);
  await log.flush();
  return log;
}

test.each([
  [2, true],
  [5, false],
])("behind change 2 a log that goes on from %d: whole is %s", async (start, whole) => {
  await withDirectory(async (directory) => {
    await (await writeLog(directory)).close();
    await writeFile(logPath(directory, start), "");
    expect(readLogs(directory, findRedoFiles(directory))).toMatchObject({ last: 2, whole });
  });
});

test("what is taken back after a turn leaves the new log as it is", async () => {
  await withDirectory(async (directory) => {
    const log = await writeLog(directory);
    expect(await log.turn()).toBe(2);
    log.withdraw();
    expect(log).toMatchObject({ last: 2, bytes: 0 });
    await log.close();
    const state = readLogs(directory, findRedoFiles(directory));
    expect(state).toEqual({ last: 2, endBytes: 0, whole: true });
  });
});
