import { join } from "node:path";
import { asFolder, type S3Uri } from "../../core/object-key.ts";
import type { Place } from "../jobs/copy-job.ts";

/** The file or object of a path below a folder or prefix. */
export function placeBelow(place: Place, path: string): string | S3Uri {
  if (place.kind === "local") return join(place.path, ...path.split("/"));
  const { bucket, key } = place.uri;
  return { bucket, key: `${asFolder(key)}${path}` };
}
