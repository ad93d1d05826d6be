import { open } from "node:fs/promises";

/** Puts the entries of a folder on disk. Windows has no way to; NTFS journals them. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
