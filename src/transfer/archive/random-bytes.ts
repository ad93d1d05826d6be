import { open, type FileHandle } from "node:fs/promises";
import { localFileError } from "../local/local-file-error.ts";
import type { RandomAccess } from "../random/random-access.ts";

/** Bytes that can be read from any place on. */
export interface RandomBytes {
  readonly sizeBytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export async function localBytes(file: string): Promise<RandomBytes> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    return bytesOf(handle, (await handle.stat()).size);
  } catch (error) {
    await handle?.close();
    throw localFileError("extractArchive", file, error);
  }
}

function bytesOf(handle: FileHandle, sizeBytes: number): RandomBytes {
  return {
    sizeBytes,
    read: async (offset, length) => {
      const bytes = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

export function objectBytes(access: RandomAccess): RandomBytes {
  return {
    sizeBytes: access.head.sizeBytes,
    read: (offset, length) => access.read(offset, length),
    close: () => Promise.resolve(access.close()),
  };
}
