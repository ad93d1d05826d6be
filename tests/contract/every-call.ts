import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileService } from "../../src/files/file-service.ts";

/** What most calls take. */
interface AnyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (told: unknown) => unknown;
}

/** A call of a service in whose bucket there is what `prepare` made. */
type Call = (service: FileService, options: AnyOptions, folder: string) => Promise<unknown>;

async function all(things: AsyncIterable<unknown>): Promise<void> {
  for await (const _thing of things);
}

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("0123456789");
}

/** Those that move bytes or are about many files: they tell how far they are. */
export const longCalls: Readonly<Record<string, Call>> = {
  uploadBytes: (files, options) => files.uploadBytes("x", "new", options),
  uploadFile: (files, options, folder) => files.uploadFile(join(folder, "file"), "new", options),
  uploadStream: (files, options) => files.uploadStream(chunks(), "new", options),
  write: (files, options) => files.write("new", "x", options),
  downloadFile: (files, options, folder) => files.downloadFile("a", join(folder, "a"), options),
  getFileContents: (files, options) => files.getFileContents("a", options),
  read: async (files, options) => all((await files.read("a", options)).body),
  getListing: (files, options) => files.getListing("", options),
  listDirectory: (files, options) => files.listDirectory("", options),
  copy: (files, options) => files.copy("a", "new", options),
  move: (files, options) => files.move("a", "new", options),
  deleteMany: (files, options) => files.deleteMany(["a", "d/b"], options),
  deletePrefix: (files, options) => files.deletePrefix("d", options),
  uploadDirectory: (files, options, folder) =>
    files.uploadDirectory(join(folder, "tree"), "new", options),
  downloadDirectory: (files, options, folder) =>
    files.downloadDirectory("d", join(folder, "down"), options),
  syncDirectory: (files, options, folder) =>
    files.syncDirectory("up", join(folder, "tree"), "new", options),
  restore: (files, options) => files.restore("gone", options),
  restorePrefix: (files, options) => files.restorePrefix("", options),
  streamArchive: async (files, options) => all(await files.streamArchive("d", options)),
  extractArchive: (files, options) => files.extractArchive({ path: "tree.tar" }, "new", options),
};

/** The others that ask the store. */
export const shortCalls: Readonly<Record<string, Call>> = {
  getModifiedDate: (files, options) => files.getModifiedDate("a", options),
  deleteFile: (files, options) => files.deleteFile("a", options),
  exists: (files, options) => files.exists("a", options),
  stat: (files, options) => files.stat("a", options),
  list: (files, options) => all(files.list("", options)),
  "list, in pages": (files, options) => all(files.list("", options).pages()),
  getTags: (files, options) => files.getTags("a", options),
  setTags: (files, options) => files.setTags("a", { run: "1" }, options),
  deleteTags: (files, options) => files.deleteTags("a", options),
  versions: (files, options) => all(files.versions("a", options)),
  watch: (files, options) => all(files.watch("", options)),
  openRandomAccess: (files, options) => files.openRandomAccess("a", options),
};

/** Two files, one that was deleted, an archive, and a file and a tree in a local folder. */
export async function prepare(files: FileService, folder: string): Promise<void> {
  await mkdir(join(folder, "tree"), { recursive: true });
  await writeFile(join(folder, "file"), "0123456789");
  await writeFile(join(folder, "tree", "b"), "0123456789");
  await files.uploadBytes("0123456789", "a");
  await files.uploadBytes("0123456789", "d/b");
  const archive = await files.streamArchive("d", { format: "tar" });
  await files.uploadStream(archive, "tree.tar");
  await files.uploadBytes("0123456789", "gone");
  await files.deleteFile("gone");
}
