import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isStorageError } from "../core/errors.ts";
import { experimentLayout, parcaCaches } from "./experiment-layout.ts";
import { formatHivePath, parseHivePath } from "./hive-path.ts";

describe("paths of partitions", () => {
  it("are made of names and values in their order", () => {
    expect(formatHivePath({ variant: 0, seed: 1, generation: "2" })).toBe(
      "variant=0/seed=1/generation=2",
    );
  });

  it("are found within a path", () => {
    expect(parseHivePath("p/exp/variant=0/plots=a b/x=y.tsv/z")).toEqual({
      before: "p/exp",
      partitions: { variant: "0", plots: "a b", x: "y.tsv" },
      after: "z",
    });
    expect(parseHivePath("a/b")).toEqual({ before: "a/b", partitions: {}, after: "" });
    expect(parseHivePath("a=1%2F2").partitions).toEqual({ a: "1/2" });
    expect(parseHivePath("a=50%").partitions).toEqual({ a: "50%" });
  });

  it("of any names and values come back as they were", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.dictionary(text, text, { minKeys: 1, noNullPrototype: true }),
        (partitions) => {
          const path = formatHivePath(partitions);
          expect(path.split("/")).toHaveLength(Object.keys(partitions).length);
          expect(parseHivePath(`a/${path}/b`)).toEqual({ before: "a", partitions, after: "b" });
        },
      ),
    );
  });

  it.each([[{ "": "x" }], [{ a: "" }], [{ a: Number.NaN }], [{ a: "\ud800" }], [null]])(
    "are not made of %j",
    (partitions) => {
      expect(() => formatHivePath(partitions as Record<string, string>)).toThrow(
        expect.toSatisfy((error) => isStorageError(error, "InvalidArgument")) as Error,
      );
    },
  );

  it.each(["\u2028", "\u2029\u2028", "\u0085"])("may have %j as a value", (value) => {
    const path = formatHivePath({ a: value });
    expect(parseHivePath(`x/${path}/y`)).toEqual({
      before: "x",
      partitions: { a: value },
      after: "y",
    });
  });

  it("of other writers may have a = in a value", () => {
    expect(parseHivePath("run=a=b/x").partitions).toEqual({ run: "a=b" });
  });

  it("have no name twice", () => {
    expect(() => parseHivePath("seed=1/seed=2")).toThrow("has two partitions seed");
  });
});

describe("the layout of an experiment", () => {
  it("is SMS API's", () => {
    const layout = experimentLayout("vecoli-output/", "exp-1");
    expect(layout).toMatchObject({
      folder: "vecoli-output/exp-1/",
      analyses: "vecoli-output/exp-1/exp-1/analyses/",
      workflowConfig: "vecoli-output/exp-1/exp-1/nextflow/workflow_config.json",
      summary: "vecoli-output/exp-1/summary.json",
    });
    expect(layout.seed(7)).toBe("vecoli-output/exp-1/v2ecoli_seed07.zarr/");
    expect(experimentLayout("", "a").folder).toBe("a/");
    expect(parcaCaches("0a1b2c3")).toEqual({
      ray: "ray-parca-cache/0a1b2c3/",
      upstream: "ray-upstream-parca-cache/0a1b2c3/",
    });
  });

  it.each(["", ".", "..", "../x", "a/b", "a\\b", "/a", "a.", ".a", "a b", "a\0", "x".repeat(201)])(
    "has no path for the id %j",
    (id) => {
      expect(() => experimentLayout("p", id)).toThrow("the experiment's id is");
      expect(() => parcaCaches(id)).toThrow("the commit is");
    },
  );

  it.each([-1, 1.5, Number.NaN])("has no seed %d", (seed) => {
    expect(() => experimentLayout("p", "a").seed(seed)).toThrow("a seed is a whole number");
  });
});
