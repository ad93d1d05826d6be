import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../disk/make-folder.ts";
import { StorageError } from "../../core/errors.ts";
import { localFileError } from "../local/local-file-error.ts";
import {
  batchCommands,
  batchJob,
  type BatchManifest,
  type BatchPlace,
  jobName,
  manifestName,
  permissionPolicy,
  roleFiles,
  trustPolicy,
} from "./batch-job.ts";
import { type Candidate, isLarge } from "./candidate.ts";

export interface WrittenJobs {
  readonly manifests: readonly BatchManifest[];
  /** What a job cannot do: above 5 GiB, of an unknown class, or with a lock or redirect of their own. */
  readonly leftover: { readonly file: string; readonly objects: number } | undefined;
  readonly commands: readonly string[];
}

const leftoverName = "leftover.csv";
/** Rows are written in pieces of this many characters. */
const pieceCharacters = 65_536;

/**
 * Writes into a new folder what S3 Batch Operations needs to copy the candidates: a manifest and a job
 * for each storage class, since a job has one for all its copies, and the role's two policies. What is
 * no job's goes to a list of the same form. Throws InvalidArgument when the folder is there already.
 */
export async function writeManifests(
  candidates: AsyncIterable<Candidate>,
  place: BatchPlace,
  folder: string,
): Promise<WrittenJobs> {
  await makeNewFolder(folder);
  const files = new Map<string, ManifestFile>();
  const fileOf = async (name: string): Promise<ManifestFile> => {
    const file = files.get(name) ?? (await ManifestFile.create(path.join(folder, name)));
    files.set(name, file);
    return file;
  };
  const classes = new Set<string>();
  try {
    for await (const candidate of candidates) {
      const { key, storageClass = "", isSpecial = false } = candidate;
      const isForJob = !isSpecial && !isLarge(candidate) && /^[A-Z_]{1,32}$/.test(storageClass);
      if (isForJob) classes.add(storageClass);
      const file = await fileOf(isForJob ? manifestName(storageClass) : leftoverName);
      await file.add(`${place.bucket},${encodeKey(key)}\n`);
    }
  } finally {
    for (const file of files.values()) await file.close();
  }
  const manifests = [...classes].map((storageClass) => {
    const { objects = 0, etag = "" } = files.get(manifestName(storageClass)) ?? {};
    return { storageClass, objects, etag };
  });
  await writeDocuments(folder, place, manifests);
  const left = files.get(leftoverName);
  return {
    manifests,
    leftover: left && { file: path.join(folder, leftoverName), objects: left.objects },
    commands: batchCommands(place, manifests),
  };
}

async function writeDocuments(
  folder: string,
  place: BatchPlace,
  manifests: readonly BatchManifest[],
): Promise<void> {
  if (manifests.length === 0) return;
  const documents: [string, object][] = [
    [roleFiles.trust, trustPolicy(place)],
    [roleFiles.permissions, permissionPolicy(place)],
    ...manifests.map((manifest): [string, object] => [
      jobName(manifest.storageClass),
      batchJob(place, manifest),
    ]),
  ];
  for (const [name, document] of documents) {
    const text = `${JSON.stringify(document, null, 2)}\n`;
    await writeFile(path.join(folder, name), text, { flag: "wx" });
  }
}

/** As S3 Batch Operations wants keys: URL-encoded, but for their slashes. */
function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}

async function makeNewFolder(folder: string): Promise<void> {
  try {
    makeFolder(path.dirname(folder));
    await mkdir(folder);
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (!isThere) throw localFileError("re-encrypt", folder, error);
    throw new StorageError("InvalidArgument", `${folder} is there already.`, {
      operation: "re-encrypt",
      remedy:
        "Name a new folder for the job with --job-folder; an old one may be of a job that runs.",
    });
  }
}

/** A list that is written, hashed and counted at once. */
class ManifestFile {
  readonly #handle: FileHandle;
  readonly #hash = createHash("md5");
  #piece = "";
  objects = 0;
  etag = "";

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(file: string): Promise<ManifestFile> {
    return new ManifestFile(await open(file, "wx"));
  }

  async add(row: string): Promise<void> {
    this.objects += 1;
    this.#piece += row;
    if (this.#piece.length >= pieceCharacters) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#handle.close();
    this.etag = this.#hash.digest("hex");
  }

  async #flush(): Promise<void> {
    this.#hash.update(this.#piece);
    await this.#handle.writeFile(this.#piece);
    this.#piece = "";
  }
}
