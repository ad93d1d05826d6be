import standardTypes from "mime/types/standard.js";
import { Mime } from "mime/lite";

/** Formats of simulation outputs that the registry of media types, or its npm form, lacks. */
const scientificTypes: Record<string, string[]> = {
  "application/vnd.apache.parquet": ["parquet", "pq"],
  "application/x-ndjson": ["ndjson", "jsonl"],
  "application/x-hdf5": ["h5", "hdf5"],
  "application/x-netcdf": ["nc"],
  "application/zstd": ["zst"],
  "application/octet-stream": ["cPickle", "pkl", "npy", "npz"],
  "text/x-fasta": ["fasta", "fa"],
};

const types = new Mime(standardTypes, scientificTypes);

/** The media type by a file's name; undefined when the name tells nothing. */
export function contentTypeOf(name: string): string | undefined {
  return types.getType(name) ?? undefined;
}
