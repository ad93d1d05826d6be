import { join } from "node:path";
import { asFolder, type S3Uri } from "../../core/object-key.ts";
import type { CopyJob, Place } from "../jobs/copy-job.ts";
import { DownloadFolder } from "../local/download-folder.ts";
import type { SyncRequest } from "./sync-request.ts";
import type { TreeItem } from "./tree-item.ts";

/** Makes the copies of a tree's items, each to the same path below the target. */
export class JobMaker {
  readonly #source: Place;
  readonly #target: Place;
  readonly #folder: DownloadFolder | undefined;

  constructor({ source, target, caseConflicts }: SyncRequest) {
    this.#source = source;
    this.#target = target;
    if (target.kind === "local") this.#folder = new DownloadFolder(target.path, caseConflicts);
  }

  /** In the order of paths. Answers why where there can be none. */
  async make(item: TreeItem): Promise<CopyJob | { readonly reason: string }> {
    const { path, sizeBytes, modifiedMs, etag = "" } = item;
    const source = this.#source;
    const target = this.#target;
    if (source.kind === "local") {
      const file = join(source.path, ...path.split("/"));
      return target.kind === "local"
        ? { reason: "both sides are local" }
        : { kind: "upload", file, to: objectBelow(target, path) };
    }
    const from = objectBelow(source, path);
    const listed = { sizeBytes, etag, lastModified: new Date(modifiedMs) };
    if (target.kind === "remote") {
      return { kind: "copy", from, to: objectBelow(target, path), listed };
    }
    const place = await this.#folder?.place(path);
    if (place === undefined) return { reason: "it has no place" };
    return "reason" in place ? place : { kind: "download", from, file: place.file, listed };
  }
}

function objectBelow(place: Place & { kind: "remote" }, path: string): S3Uri {
  const { bucket, key } = place.uri;
  return { bucket, key: `${asFolder(key)}${path}` };
}
