import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { nodeDisk } from "./node-disk.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";

test.each([1, 2, 3, 4, 7])("what a short write of %s bytes left is written next", async (most) => {
  await withDirectory(async (directory) => {
    const any = await open(join(directory, "any"), "w");
    const prototype = Object.getPrototypeOf(any) as typeof any;
    await any.close();
    const writev = vi.spyOn(prototype, "writev").mockImplementation(async function (
      this: typeof any,
      pieces,
    ) {
      const bytes = Buffer.concat(pieces as Uint8Array[]).subarray(0, most);
      const { bytesWritten } = await this.write(bytes);
      return { bytesWritten, buffers: [...pieces] };
    });
    try {
      const path = join(directory, "file");
      const file = await nodeDisk.create(path);
      await file.write(["ab", "", "cde", "fg"].map((text) => Buffer.from(text)));
      await file.close();
      expect(writev).toHaveBeenCalledTimes(Math.ceil(7 / most));
      expect(await readFile(path, "latin1")).toBe("abcdefg");
    } finally {
      writev.mockRestore();
    }
  });
});
