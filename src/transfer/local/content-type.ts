/**
 * Formats of simulation outputs. Most are missing from the registry of media types or from its npm
 * form; the rest stand here because they are so common that the registry need not be loaded.
 */
const scientificTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "application/json": ["json", "zarray", "zattrs", "zgroup", "zmetadata"],
    "application/octet-stream": ["bin", "cpickle", "dat", "npy", "npz", "pickle", "pkl"],
    "application/toml": ["toml"],
    "application/vnd.apache.arrow.file": ["arrow", "feather", "ipc"],
    "application/vnd.apache.arrow.stream": ["arrows"],
    "application/vnd.apache.parquet": ["parquet", "pq"],
    "application/vnd.sqlite3": ["sqlite", "sqlite3"],
    "application/vnd.zarr": ["zarr"],
    "application/x-hdf5": ["h5", "hdf5"],
    "application/x-ipynb+json": ["ipynb"],
    "application/x-ndjson": ["jsonl", "ndjson"],
    "application/x-netcdf": ["cdf", "nc", "nc4"],
    "application/zstd": ["zst"],
    "text/csv": ["csv"],
    "text/html": ["html"],
    "text/markdown": ["md"],
    "text/plain": ["log", "txt"],
    "text/tab-separated-values": ["tsv"],
    "text/x-fasta": ["fa", "faa", "fasta", "ffn", "fna"],
    "text/x-fastq": ["fastq", "fq"],
  }).flatMap(([type, endings]) => endings.map((ending) => [ending, type] as const)),
);

/** The media type by the name of a file or object; undefined when the name tells nothing. */
export async function contentTypeOf(name: string): Promise<string | undefined> {
  const last = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const dot = last.lastIndexOf(".");
  if (dot === -1) return undefined;
  const known = scientificTypes.get(last.slice(dot + 1).toLowerCase());
  return known ?? (await registry())(last);
}

let loading: Promise<(name: string) => string | undefined> | undefined;

/** Loaded once a name is met that the table above does not know. */
async function registry(): Promise<(name: string) => string | undefined> {
  loading ??= loadRegistry();
  return loading;
}

async function loadRegistry(): Promise<(name: string) => string | undefined> {
  const { default: standardTypes } = await import("mime/types/standard.js");
  const { Mime } = await import("mime/lite");
  const types = new Mime(standardTypes);
  return (name) => types.getType(name) ?? undefined;
}
