import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { MemoryStore } from "../transfer/testing-fixtures/memory-store.ts";
import { createFileService } from "./create-file-service.ts";

it("reads a stream of a local file, not the object that is called as that file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "extract-"));
  try {
    const file = join(folder, "runs.tar");
    const store = new MemoryStore();
    store.set("runs/a.tsv", "of the file");
    const service = createFileService(store.asStore());
    const archive = await service.streamArchive("runs", { format: "tar" });
    await service.uploadStream(archive, "runs.tar");
    await service.downloadFile("runs.tar", file);
    store.set(file, "no archive");
    const { files } = await service.extractArchive(createReadStream(file), "out");
    expect(files).toBe(1);
    expect(store.text("out/a.tsv")).toBe("of the file");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
