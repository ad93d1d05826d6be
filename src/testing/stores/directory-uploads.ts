import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { UploadAddress } from "../../core/object-store.ts";
import { readDocument, writeDocument } from "./directory-facts.ts";
import { StagedFile } from "./file-bytes.ts";
import type { KeptPart, KeptUpload, UploadShelf } from "./shelf.ts";

/** As `createUpload` makes them: nothing else is a name of a folder here. */
const uploadIdForm = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Uploads in parts as folders, so that another process can go on with them. */
export class DirectoryUploads implements UploadShelf {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async begin({ initiated, ...upload }: KeptUpload): Promise<void> {
    const document = { ...upload, initiated: initiated.toISOString() };
    await writeDocument(join(this.#folder, upload.uploadId, "upload.json"), document, false);
  }

  async all(): Promise<readonly KeptUpload[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const uploads = await Promise.all(names.map((name) => this.#read(name)));
    return uploads.flatMap((upload) => upload ?? []);
  }

  async find({ uploadId, key }: UploadAddress): Promise<KeptUpload | undefined> {
    const upload = await this.#read(uploadId);
    return upload?.key === key ? upload : undefined;
  }

  async #read(uploadId: string): Promise<KeptUpload | undefined> {
    if (!uploadIdForm.test(uploadId)) return undefined;
    const document = await readDocument(join(this.#folder, uploadId, "upload.json"));
    if (document === undefined) return undefined;
    const { initiated, ...upload } = document as Omit<KeptUpload, "initiated"> & {
      readonly initiated: string;
    };
    return { ...upload, initiated: new Date(initiated) };
  }

  async parts({ uploadId }: KeptUpload): Promise<readonly KeptPart[]> {
    const folder = join(this.#folder, uploadId);
    const names = (await readdir(folder)).filter((name) => /^\d+\.json$/.test(name));
    const parts = await Promise.all(names.map((name) => readPart(folder, Number.parseInt(name))));
    return parts.flatMap((part) => part ?? []).sort((a, b) => a.partNumber - b.partNumber);
  }

  async putPart({ uploadId }: KeptUpload, { bytes, ...facts }: KeptPart): Promise<void> {
    if (!(bytes instanceof StagedFile)) throw new Error("bytes of another shelf");
    const folder = join(this.#folder, uploadId);
    // Named by their ETag, so that a part that is sent again never mixes with the one before.
    const name = `${facts.partNumber}-${facts.etag.replaceAll('"', "")}.bytes`;
    await rename(bytes.path, join(folder, name));
    const document = { ...facts, file: name, sizeBytes: bytes.sizeBytes };
    await writeDocument(join(folder, `${facts.partNumber}.json`), document, false);
  }

  async end({ uploadId }: KeptUpload): Promise<void> {
    await rm(join(this.#folder, uploadId), { recursive: true, force: true });
  }
}

async function readPart(folder: string, partNumber: number): Promise<KeptPart | undefined> {
  const document = await readDocument(join(folder, `${partNumber}.json`));
  if (document === undefined) return undefined;
  const { file, sizeBytes, ...facts } = document as Omit<KeptPart, "bytes"> & {
    readonly file: string;
    readonly sizeBytes: number;
  };
  return { ...facts, bytes: new StagedFile(join(folder, file), sizeBytes) };
}
