import { lstat } from "node:fs/promises";
import { StorageError } from "../../core/errors.ts";

/** Throws AlreadyExists where anything stands at the path, a link that leads nowhere included. */
export async function assertNoFile(file: string): Promise<void> {
  const exists = await lstat(file).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new StorageError("AlreadyExists", `${file} exists already.`, {
    remedy: "Choose another place, or leave ifAbsent out to replace the file.",
    details: { LocalPath: file },
  });
}
