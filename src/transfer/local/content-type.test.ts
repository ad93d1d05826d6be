import { expect, it } from "vitest";
import { contentTypeOf } from "./content-type.ts";

it.each([
  ["a/out.tsv", "text/tab-separated-values"],
  ["x.json", "application/json"],
  ["report.HTML", "text/html"],
  ["400.pq", "application/vnd.apache.parquet"],
  ["run1.tar.gz", "application/gzip"],
  ["plot.svg", "image/svg+xml"],
  [".zarray", undefined],
  ["README", undefined],
])("%s is %s", (name, type) => expect(contentTypeOf(name)).toBe(type));
