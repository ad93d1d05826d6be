import { expect, it } from "vitest";
import { contentTypeOf } from "./content-type.ts";

it.each([
  ["a/out.tsv", "text/tab-separated-values"],
  ["x.json", "application/json"],
  ["report.HTML", "text/html"],
  ["400.pq", "application/vnd.apache.parquet"],
  ["history.parquet", "application/vnd.apache.parquet"],
  ["events.ndjson", "application/x-ndjson"],
  ["state.h5", "application/x-hdf5"],
  ["v2ecoli_seed00.zarr", "application/vnd.zarr"],
  ["store.zarr/zarr.json", "application/json"],
  ["store.zarr/.zarray", "application/json"],
  ["store.zarr/c/0/0", undefined],
  ["table.tsv.zst", "application/zstd"],
  ["simData.cPickle", "application/octet-stream"],
  ["run1.tar.gz", "application/gzip"],
  ["plot.svg", "image/svg+xml"],
  ["C:\\lab\\plot.png", "image/png"],
  ["a.b/README", undefined],
  ["README", undefined],
  ["folder/", undefined],
  ["x.no-such-ending", undefined],
])("%s is %s", async (name, type) => expect(await contentTypeOf(name)).toBe(type));
