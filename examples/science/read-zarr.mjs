// @ts-check
// node read-zarr.mjs FOLDER [ARRAY] [FROM] [TO]: some rows of an array in a Zarr group, version 2 or 3. Only the
// chunks that hold them are read; chunks that were never written are the fill value.
import { zarrStore } from "sms-api-storage";
import * as zarr from "zarrita";
import { runExample } from "./run-example.mjs";

/**
 * @param {Pick<import("sms-api-storage").FileService, "getFileContents" | "read">} files
 * @param {{ folder: string, array: string, from: number, to: number }} wanted
 */
export async function readRows(files, { folder, array, from, to }) {
  // Chunks of a shard that lie close together share a request; the metadata of the whole group is read at
  // once where zarr-python has consolidated it.
  const store = await zarr.withMaybeConsolidatedMetadata(
    zarr.withRangeCoalescing(zarrStore(files, folder)),
  );
  const group = await zarr.open(store, { kind: "group" });
  const found = await zarr.open(group.resolve(array), { kind: "array" });
  const { data, shape } = await zarr.get(found, [zarr.slice(from, to), null]);
  const [, columns = 1] = shape;
  const cells = Array.from(/** @type {Float32Array} */ (data));
  return {
    generation: group.attrs["generation"],
    shape: found.shape,
    rows: Array.from({ length: to - from }, (_, row) =>
      cells.slice(row * columns, (row + 1) * columns),
    ),
  };
}

await runExample(
  import.meta.url,
  ([folder = "v3.zarr", array = "mass", from = "0", to = "2"], files) =>
    readRows(files, { folder, array, from: Number(from), to: Number(to) }),
);
