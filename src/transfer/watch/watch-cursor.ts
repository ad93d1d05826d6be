import { StorageError } from "../../core/errors.ts";

/** What a cursor is of. */
export interface WatchedPlace {
  readonly bucket: string;
  readonly prefix: string;
}

const version = "w1.";

export function writeCursor({ bucket, prefix }: WatchedPlace, chunks: readonly Buffer[]): string {
  const place = Buffer.from(JSON.stringify({ bucket, prefix }));
  const parts = [place, ...chunks].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(part.length);
    return [length, part];
  });
  return version + Buffer.concat(parts).toString("base64url");
}

/** The chunks of a snapshot. Throws InvalidArgument of a cursor of another place, or of none. */
export function readCursor({ bucket, prefix }: WatchedPlace, cursor: string): readonly Buffer[] {
  const bytes = Buffer.from(cursor.slice(version.length), "base64url");
  const [place, ...chunks] = cursor.startsWith(version) ? partsOf(bytes) : [];
  if (place === undefined) throw noCursor("it is none that watch gave out, or was cut off");
  const wanted = JSON.stringify({ bucket, prefix });
  if (place.toString() !== wanted) throw noCursor(`it is of ${place.toString()}, not of ${wanted}`);
  return chunks;
}

/** Nothing where a length leads behind the end. */
function partsOf(bytes: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + (at + 4 <= bytes.length ? bytes.readUInt32LE(at) : bytes.length);
    if (end > bytes.length) return [];
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

export function noCursor(why: string, cause?: unknown): StorageError {
  return new StorageError("InvalidArgument", `watch: the cursor cannot be used: ${why}.`, {
    operation: "watch",
    remedy: "Give a cursor of the same directory as it was given out, or none to begin anew.",
    ...(cause !== undefined && { cause }),
  });
}
