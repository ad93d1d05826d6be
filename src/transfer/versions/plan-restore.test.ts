import * as fc from "fast-check";
import { expect, it } from "vitest";
import { at, VersionStore, type DrawnVersion } from "../testing-fixtures/version-store.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { planRestore, type RestoreStep, type RestoreWish, whyGone } from "./plan-restore.ts";

/** `k <- k@3` for a restore, `k unchanged` and so on. */
async function plan(
  drawn: readonly DrawnVersion[],
  place: string,
  wish: Partial<RestoreWish> & { pageSize?: number } = {},
): Promise<string[]> {
  const { pageSize = 2, ...rest } = wish;
  const store = new VersionStore(drawn, { pageSize }).asStore();
  const lines: string[] = [];
  for await (const step of planRestore(store, place, { isKey: false, ...rest })) {
    if (step.kind === "restore") lines.push(`${step.version.key} <- ${step.version.versionId}`);
    else lines.push(`${step.key} ${step.kind}`);
  }
  return lines;
}

const history: readonly DrawnVersion[] = [
  ["d/changed", 1, 1],
  ["d/changed", 5, 2],
  ["d/deleted", 1, 1],
  ["d/deleted", 3, 2],
  ["d/deleted", 5, "-"],
  ["d/deleted", 6, "-"],
  ["d/late", 6, 1],
  ["d/same", 1, 1],
  ["d/stump", 5, "-"],
];

it("undeletes what is deleted, and touches nothing else", async () => {
  expect(await plan(history, "d/")).toEqual([
    "d/changed unchanged",
    "d/deleted <- d/deleted@3",
    "d/late unchanged",
    "d/same unchanged",
    "d/stump gone",
  ]);
});

it.each([
  [2, ["d/changed <- d/changed@1", "d/deleted <- d/deleted@1", "d/late newer", "d/same unchanged"]],
  [4, ["d/changed <- d/changed@1", "d/deleted <- d/deleted@3", "d/late newer", "d/same unchanged"]],
  [5, ["d/changed unchanged", "d/deleted unchanged", "d/late newer", "d/same unchanged"]],
])("goes back to second %i", async (second, expected) => {
  expect(await plan(history, "d/", { moment: at(second) })).toEqual([
    ...expected,
    "d/stump unchanged",
  ]);
});

it("means one key alone, and what is selected alone", async () => {
  const keys: readonly DrawnVersion[] = [
    ["k", 1, 1],
    ["k", 2, "-"],
    ["k2", 1, 1],
    ["k2", 2, "-"],
  ];
  expect(await plan(keys, "k", { isKey: true })).toEqual(["k <- k@1"]);
  expect(await plan(keys, "", { accepts: ({ key }) => key === "k2" })).toEqual(["k2 <- k2@1"]);
});

it("plans the same however the pages fall", async () => {
  const version = fc.tuple(
    fc.constantFrom("a", "b", "b/c"),
    fc.nat(9),
    fc.constantFrom<number | "-">(1, "-"),
  );
  const drawn = fc.uniqueArray(version, { selector: ([key, second]) => `${key}@${second}` });
  const moment = fc.option(fc.nat(9), { nil: undefined });
  const run = fc.asyncProperty(drawn, moment, async (versions, second) => {
    const wish = second === undefined ? {} : { moment: at(second) };
    const whole = await plan(versions, "", { ...wish, pageSize: 100 });
    expect(await plan(versions, "", { ...wish, pageSize: 1 })).toEqual(whole);
    expect(whole).toHaveLength(new Set(versions.map(([key]) => key)).size);
  });
  await fc.assert(run, { numRuns: 200 });
});

it.each([
  ["null", true],
  ["id", false],
])("tells by the marker's id %s whether versioning was suspended: %s", async (versionId, told) => {
  const marker = { key: "k", versionId, isLatest: true, isDeleteMarker: true };
  const version = { ...marker, lastModified: at(1), sizeBytes: 0 };
  const { capabilities } = new VersionStore([]).asStore();
  const page = { versions: [version], commonPrefixes: [] };
  const store = { bucket: "lab", capabilities, listObjectVersions: () => Promise.resolve(page) };
  const steps: RestoreStep[] = [];
  const planned = planRestore(store as unknown as ObjectStore, "k", { isKey: true });
  for await (const step of planned) steps.push(step);
  expect(steps).toEqual([{ kind: "gone", key: "k", isOfSuspended: told }]);
});

it("says of what was deleted while versioning was suspended how the next one is kept", () => {
  expect(whyGone("lab", true)).toMatch(
    /^Versioning was suspended .* gone for good\. .*setup --bucket lab --versioning Enabled$/,
  );
  expect(whyGone("lab", false)).not.toMatch(/suspended/);
});
