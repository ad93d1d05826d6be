import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** Why a file is not read: words that follow its name and a colon. */
export class UnreadableFileError extends Error {}

/**
 * The bytes of a regular file, read to its end and no further than `mostBytes`. Never waits, as reading from
 * a pipe would. Throws UnreadableFileError.
 */
export async function readPlainFile(path: string, mostBytes: number): Promise<Buffer> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (stats.isDirectory()) throw new UnreadableFileError("it is a folder");
      if (!stats.isFile()) throw new UnreadableFileError("it is a pipe or a device, and no file");
      const tooLarge = (size: number) =>
        new UnreadableFileError(`it has ${size} bytes; ${mostBytes} are allowed`);
      if (stats.size > mostBytes) throw tooLarge(stats.size);
      const bytes = await file.readFile();
      if (bytes.length > mostBytes) throw tooLarge(bytes.length);
      return bytes;
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof UnreadableFileError) throw cause;
    throw new UnreadableFileError(wordsOf(cause), { cause });
  }
}

function wordsOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  if (code === "ENOENT") return "there is no such file (ENOENT)";
  if (code === "EACCES") return "this user may not read it (EACCES)";
  return code;
}
