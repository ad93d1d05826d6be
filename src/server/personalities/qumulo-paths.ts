import type { Engine } from "../../engine/engine.ts";
import { qumuloFacts } from "./qumulo-facts.ts";
import { refuse } from "./refuse.ts";

/** Limits of its file system. Source: see `qumuloFacts.keyLength`. */
const componentCharacters = 255;
const keyCharacters = 1530;

/** `a/b/c` and `a/b/c/` are both in `a/b/`; empty for the root. */
export function directoryOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/", key.length - 2) + 1);
}

/** The path that a key leads to: one slash before it is that of the bucket's folder. */
export function fromRoot(key: string): string {
  return key.startsWith("/") && key.length > 1 ? key.slice(1) : key;
}

/** Throws S3Error for a key that no file or directory can have. */
export function assertPath(key: string): void {
  const names = (key.endsWith("/") ? key.slice(0, -1) : key).split("/");
  const odd = names.find((name) => name === "" || name === "." || name === "..");
  if (odd !== undefined) {
    const what = odd === "" ? "an empty name" : `the name ${odd}`;
    throw refuse(qumuloFacts.impossibleNames.reaction, `A path cannot have ${what}.`);
  }
  const { keyLength } = qumuloFacts;
  if (names.some((name) => Array.from(name).length > componentCharacters)) {
    const message = `A name in the path has more than ${componentCharacters} characters.`;
    throw refuse(keyLength.reaction, message);
  }
  if (Array.from(names.join("")).length > keyCharacters) {
    const message = `The key has more than ${keyCharacters} characters beside its slashes.`;
    throw refuse(keyLength.reaction, message);
  }
}

/** Throws S3Error where a file is in the way of a directory of the path, or a directory of the file. */
export function assertNothingInTheWay(engine: Engine, bucket: string, key: string): void {
  const { reaction } = qumuloFacts.fileAndDirectory;
  for (let path = directoryOf(key); path !== ""; path = directoryOf(path)) {
    const file = path.slice(0, -1);
    if (isThere(engine, bucket, file)) {
      throw refuse(reaction, `${file} is a file, so that nothing can lie below it.`);
    }
  }
  if (
    key.endsWith("/")
      ? isThere(engine, bucket, key.slice(0, -1))
      : hasEntries(engine, bucket, `${key}/`)
  ) {
    const what = key.endsWith("/") ? "file" : "directory";
    throw refuse(reaction, `There is a ${what} of this name.`);
  }
}

export function isThere(engine: Engine, bucket: string, key: string): boolean {
  return engine.getObject(bucket, key)?.deleteMarker === false;
}

/** Whether a directory is there, with entries or as an empty one. */
export function hasEntries(engine: Engine, bucket: string, directory: string): boolean {
  return engine.listObjects({ bucket, prefix: directory, limit: 1 }).entries.length > 0;
}
