import { expect, test } from "vitest";
import { fileLimits } from "../core/file-limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { ObjectKeys } from "./at-rest.ts";
import { BlobFiles } from "./blob-files.ts";
import type { Disk } from "./disk.ts";
import { nodeDisk } from "./node-disk.ts";
import { StagingSink } from "./staging-sink.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";

const onSyncFailure = (reason: string): void => expect.fail(reason);

/** Writes late, and notes what is done to a file. */
class LateDisk {
  readonly steps: string[] = [];

  readonly disk: Disk = {
    ...nodeDisk,
    create: async (path) => {
      const file = await nodeDisk.create(path);
      return {
        write: async (pieces) => {
          this.steps.push("write");
          await new Promise((resolve) => setTimeout(resolve, 20));
          await file.write(pieces);
          this.steps.push("written");
        },
        sync: async () => {
          this.steps.push("sync");
          await file.sync();
        },
        close: async () => {
          this.steps.push("close");
          await file.close();
        },
      };
    },
  };
}

async function open(
  use: (sink: StagingSink, late: LateDisk, held: { bytes: number }) => Promise<void>,
): Promise<void> {
  await withDirectory(async (directory) => {
    const late = new LateDisk();
    const files = new BlobFiles({ disk: late.disk, directory, flush: true, onSyncFailure });
    const room = { take: async () => await Promise.resolve(), release: () => undefined };
    const held = { bytes: 0 };
    const sink = new StagingSink(files, room, new ObjectKeys(Buffer.alloc(32, 7)), held);
    await use(sink, late, held);
  });
}

const batch = Buffer.alloc(fileLimits.writeBatchBytes, "x");

test("a file is flushed when all of it is written, batch behind batch", async () => {
  await open(async (sink, late) => {
    for (const chunk of [batch, batch, batch.subarray(0, 5)]) await sink.write(chunk);
    await sink.finish();
    const batches = ["write", "written", "write", "written", "write", "written"];
    expect(late.steps.slice(0, 7)).toEqual([...batches, "sync"]);
  });
});

test("a file that is given up is closed when nothing is written to it any more", async () => {
  await open(async (sink, late, held) => {
    await sink.write(batch);
    await sink.write(batch.subarray(0, 1000));
    expect(held.bytes).toBe(1000);
    await sink.abandon();
    expect(held.bytes).toBe(0);
    expect(late.steps).toEqual(["write", "written", "close"]);
  });
});

test("the last write's failure is heard of at the end", async () => {
  await open(async (sink, late) => {
    const { disk } = new LateDisk();
    Object.assign(late.disk, {
      create: async (path: string) => ({
        ...(await disk.create(path)),
        write: async () => {
          await Promise.resolve();
          throw Object.assign(new Error("full"), { code: "ENOSPC" });
        },
      }),
    });
    await sink.write(batch);
    await expect(sink.finish()).rejects.toBeInstanceOf(S3Error);
    await sink.abandon();
  });
});
