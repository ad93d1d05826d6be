import { expect, test } from "vitest";
import { type FaultCall, Faults } from "./faults.ts";
import type { FaultRule } from "./fault-rule.ts";

const call = (changes: Partial<FaultCall> = {}): FaultCall => ({
  name: "GetObject",
  bucket: "b",
  key: "runs/1",
  now: 0,
  versionId: () => undefined,
  ...changes,
});
const of = (...rules: FaultRule[]) => new Faults({ rules, seed: 5 });
const struckBy = (faults: Faults, changes?: Partial<FaultCall>) =>
  faults.strike(call(changes)).map(({ rule }) => rule.fault);

test("a rule strikes what it names, after those it lets through, so often", () => {
  const faults = of({
    fault: "slow-down",
    operations: ["GetObject"],
    bucket: "b",
    prefix: "runs/",
    skip: 1,
    count: 2,
  });
  const all = Array.from({ length: 5 }, () => struckBy(faults).length);
  expect(all).toEqual([0, 1, 1, 0, 0]);
  expect(faults.counts()).toEqual([{ fault: "slow-down", matched: 5, injected: 2 }]);
  for (const other of [
    { name: "PutObject" as const },
    { bucket: "c" },
    { key: "other" },
    { name: undefined },
  ]) {
    expect(
      struckBy(
        of({ fault: "slow-down", operations: ["GetObject"], bucket: "b", prefix: "runs/" }),
        other,
      ),
    ).toEqual([]);
  }
});

function draws(seed: number): number[] {
  const faults = new Faults({ rules: [{ fault: "reset", rate: 0.2 }], seed });
  return Array.from({ length: 1000 }, () => struckBy(faults).length);
}

test("a rate is kept, by the same draws for the same seed", () => {
  const first = draws(1);
  expect(draws(1)).toEqual(first);
  expect(draws(2)).not.toEqual(first);
  const struck = first.filter((count) => count > 0).length;
  expect(struck).toBeGreaterThan(150);
  expect(struck).toBeLessThan(250);
  const never = of({ fault: "reset", rate: 0 });
  expect(Array.from({ length: 50 }, () => struckBy(never)).flat()).toEqual([]);
});

test("delays come on top of one other fault, and what had no effect does not count", () => {
  const faults = of({ fault: "slow-down", count: 1 }, { fault: "latency" }, { fault: "reset" });
  const [first] = faults.strike(call());
  expect(first?.rule.fault).toBe("slow-down");
  first?.withdraw();
  expect(struckBy(faults)).toEqual(["slow-down", "latency"]);
  expect(struckBy(faults)).toEqual(["latency", "reset"]);
  faults.reset();
  expect(faults.counts().map(({ matched }) => matched)).toEqual([0, 0, 0]);
  faults.set([]);
  expect(struckBy(faults)).toEqual([]);
});

const bucket = {
  name: "b",
  region: "us-east-1",
  ownerAccountId: "1",
  createdAt: new Date(0),
  settings: { versioning: "Enabled" as const },
};

test("stale reads follow the switch of versioning, for new versions, and end", () => {
  const faults = of({ fault: "stale-read", withinMs: 1000 });
  const fresh = { versionId: () => "v1" };
  expect(struckBy(faults, fresh)).toEqual([]);
  faults.observe(call({ name: "PutBucketVersioning", key: "", now: 5000 }), () => bucket);
  expect(struckBy(faults, { ...fresh, now: 5500 })).toEqual(["stale-read"]);
  expect(struckBy(faults, { versionId: () => "null", now: 5500 })).toEqual([]);
  expect(struckBy(faults, { ...fresh, name: "HeadObject", now: 6000 })).toEqual(["stale-read"]);
  expect(struckBy(faults, { ...fresh, now: 6001 })).toEqual([]);
});

const change = (now: number) => call({ name: "PutBucketPolicy", key: "", now });

test("changes of a bucket exclude each other for a time", () => {
  const faults = of({ fault: "operation-aborted", withinMs: 100 });
  expect(faults.strike(change(0))).toEqual([]);
  faults.observe(change(0), () => bucket);
  expect(faults.strike(change(50))).toHaveLength(1);
  expect(faults.strike({ ...change(50), bucket: "c" })).toEqual([]);
  expect(faults.strike({ ...change(50), name: "GetBucketPolicy" })).toEqual([]);
  expect(faults.strike(change(101))).toEqual([]);
});

test("the control plane is throttled by calls a second, the objects are not", () => {
  const faults = of({ fault: "throttled-control-plane", perSecond: 2 });
  const at = (now: number) => faults.strike(call({ name: "GetBucketPolicy", key: "", now })).length;
  expect([at(0), at(0), at(0), at(400), at(600), at(600)]).toEqual([0, 0, 1, 1, 0, 1]);
  expect(struckBy(faults, { name: "PutObject" })).toEqual([]);
  expect(struckBy(faults, { name: "sts", bucket: "", key: "" })).toEqual([
    "throttled-control-plane",
  ]);
});
