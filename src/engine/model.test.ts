import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openIndex } from "./index-store.ts";
import { everything } from "./index-keys.ts";
import { tableNames } from "./tables.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import { ModelRun, type Step } from "./testing-fixtures/model-run.ts";
import { verifyBytes, verifyListings } from "./testing-fixtures/verify-model.ts";

/** Raise it for a long search. */
const runs = Number(process.env["MODEL_RUNS"] ?? 25);

const frequencies: Record<string, number> = {
  put: 12,
  copy: 8,
  delete: 6,
  deleteVersion: 5,
  deleteMany: 1,
  versioning: 3,
  createBucket: 4,
  deleteBucket: 1,
  createUpload: 5,
  putPart: 9,
  copyPart: 5,
  complete: 7,
  again: 2,
  abort: 2,
  tags: 2,
  hold: 3,
  reopen: 1,
  kill: 1,
};
const names = Object.entries(frequencies).flatMap(([name, weight]) => Array(weight).fill(name));
const number = fc.nat(100_000);
const step: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom(...(names as string[])),
  a: number,
  b: number,
  c: number,
  d: number,
});

/** No row of any object, file or upload may outlive all of them. */
async function verifyNothingLeft(run: ModelRun): Promise<void> {
  await run.clear();
  await expect.poll(async () => await blobNames(run.directory)).toEqual([]);
  await run.engine.close();
  const index = await openIndex(join(run.directory, "index"), "durable");
  const left = tableNames.filter((name) => [...index.tables[name].range(everything)].length > 0);
  await index.close();
  expect(left.filter((name) => name !== "completions")).toEqual(["meta"]);
}

test("any sequence of calls, reopenings and kills leaves what the model says, and nothing else", async () => {
  let steps = 0;
  const changes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.noBias(fc.array(step, { minLength: 20, maxLength: 80 })),
      async (sequence) => {
        await withDirectory(async (root) => {
          const run = await ModelRun.open(join(root, "data-0"));
          try {
            for (const one of sequence) {
              await run.step(one);
              verifyListings(run, one);
              steps += 1;
              if (steps % 5 === 0) await verifyBytes(run);
            }
            await verifyBytes(run);
            await verifyNothingLeft(run);
          } finally {
            for (const [name, count] of run.changes) {
              changes.set(name, (changes.get(name) ?? 0) + count);
            }
            await run.releaseAll().catch(() => undefined);
            await run.engine.close();
          }
        });
      },
    ),
    { numRuns: runs },
  );
  expect(steps).toBeGreaterThan(runs * 20);
  for (const name of ["put", "copy", "delete", "copyPart", "complete"]) {
    expect([name, changes.get(name) ?? 0]).not.toEqual([name, 0]);
  }
}, 900_000);
