import { expect, test } from "vitest";
import { openEngine } from "../../src/engine/open-engine.ts";
import { withDirectory } from "../../src/engine/testing-fixtures/data-directory.ts";
import { bytesOf } from "../../src/engine/testing-fixtures/engine-calls.ts";
import { labelOf } from "./contents.mjs";
import { WriterProcess } from "./writer-process.ts";

// `ulimit -f` makes the kernel refuse to let any file grow beyond it, the index first of all: a real
// failed write under LMDB, as on a full disk. Windows has nothing like it.
test.skipIf(process.platform === "win32")(
  "an index that cannot grow: refused clearly, reads go on, nothing acknowledged is lost",
  async () => {
    await withDirectory(async (directory) => {
      const writer = new WriterProcess(directory, 1, "ulimit -f 2000");
      await writer.ends();
      expect(writer.refusal).toMatchObject({
        code: expect.stringMatching(/InternalError|ServiceUnavailable/),
        reason: expect.stringContaining("writing the index failed"),
      });
      expect(writer.refusal?.read).toBeGreaterThan(10);

      const engine = await openEngine({ directory });
      for (const told of writer.acknowledged) {
        if (told.put === undefined || told.put.startsWith("hot/")) continue;
        const record = engine.getObject("crash", told.put);
        expect(record).toMatchObject({ key: told.put });
        const label = labelOf(await bytesOf(engine, record!));
        expect(label).toBe(told.label ?? label);
      }
      await engine.close();
    });
  },
  60_000,
);
