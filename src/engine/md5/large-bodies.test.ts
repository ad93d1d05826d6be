import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { mib } from "../../core/limits.ts";
import { openEngine } from "../open-engine.ts";
import { withDirectory } from "../testing-fixtures/data-directory.ts";
import {
  brokenSource,
  patternBytes,
  sourceOf,
  withEngine,
} from "../testing-fixtures/engine-calls.ts";
import { FaultDisk } from "../testing-fixtures/fault-disk.ts";

const large = { expectedBytes: 2 * mib };

test("large bodies that come at the same time have their own MD5, also when some break off", async () => {
  await withEngine(async (engine) => {
    const texts = Array.from({ length: 10 }, (_, seed) => patternBytes(2 * mib + 100 * seed, seed));
    const staged = texts.map((text, seed) =>
      engine.stage(sourceOf(text, 65_536 - 1000 * seed), large),
    );
    const broken = [1, 2, 3].map(() => engine.stage(brokenSource(), large));
    for (const end of await Promise.allSettled(broken)) {
      expect(end).toMatchObject({ status: "rejected", reason: { message: "connection lost" } });
    }
    for (const [index, one] of (await Promise.all(staged)).entries()) {
      expect(one.md5).toBe(createHash("md5").update(texts[index]!).digest("hex"));
      await one.discard();
    }
  });
});

test("a disk that fails while a body waits for its hash fails that body alone", async () => {
  await withDirectory(async (directory) => {
    const disk = new FaultDisk();
    const engine = await openEngine({ directory, disk });
    disk.fail("write", "EIO");
    const bodies = [1, 2, 3].map((seed) =>
      engine.stage(sourceOf(patternBytes(2 * mib, seed)), large),
    );
    for (const end of await Promise.allSettled(bodies)) {
      expect(end).toMatchObject({ status: "rejected", reason: { code: "InternalError" } });
    }
    disk.heal();
    const staged = await engine.stage(sourceOf(patternBytes(2 * mib, 4)), large);
    expect(staged.md5).toBe(
      createHash("md5")
        .update(patternBytes(2 * mib, 4))
        .digest("hex"),
    );
    await staged.discard();
    await engine.close();
  });
});
