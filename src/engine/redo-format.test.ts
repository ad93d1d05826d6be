import { closeSync, openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import { encodeRecord, readRecords } from "./redo-format.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";

const record = encodeRecord({
  previous: 1,
  sequence: 2,
  changes: [{ table: "meta", key: Buffer.from("k"), row: Buffer.from("row") }],
});

test.each([0, 1, 2, 3, 4, 5])(
  "a record is found behind a damage of a MiB less %d bytes, wherever a step of the search ends",
  async (less) => {
    await withDirectory(async (directory) => {
      const path = join(directory, "1.log");
      const damageBytes = mib + 1 - less;
      await writeFile(path, Buffer.concat([Buffer.alloc(damageBytes), record]));
      const descriptor = openSync(path, "r");
      const read = [...readRecords(descriptor)];
      closeSync(descriptor);
      expect(read).toMatchObject([{ at: 0 }, { sequence: 2, end: damageBytes + record.length }]);
    });
  },
);
