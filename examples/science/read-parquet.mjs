// @ts-check
// node read-parquet.mjs KEY: the mean growth of each seed, out of a Parquet file, of which only the columns
// and row groups that are asked for are read.
import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { runExample } from "./run-example.mjs";

/**
 * @param {import("sms-api-storage").FileService} files
 * @param {string} key
 */
export async function meanGrowthBySeed(files, key) {
  const file = await files.openRandomAccess(key);
  try {
    // Its schema and where each column begins; hyparquet takes the open file as it is.
    const metadata = await parquetMetadataAsync(file);
    const rows = await parquetReadObjects({ file, metadata, columns: ["seed", "growth"] });
    /** @type {Map<number, number[]>} */
    const growths = new Map();
    for (const { seed, growth } of rows) {
      const ofSeed = growths.get(seed) ?? [];
      growths.set(seed, ofSeed);
      // Null where nothing was measured.
      if (growth !== null) ofSeed.push(growth);
    }
    return {
      rows: Number(metadata.num_rows),
      meanGrowth: Object.fromEntries(Array.from(growths, ([seed, values]) => [seed, mean(values)])),
    };
  } finally {
    await file.close();
  }
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

await runExample(import.meta.url, ([key = "growth.parquet"], files) =>
  meanGrowthBySeed(files, key),
);
