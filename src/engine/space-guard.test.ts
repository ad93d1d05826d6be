import { describe, expect, test } from "vitest";
import { mib, serverLimits } from "../core/limits.ts";
import { SpaceGuard } from "./space-guard.ts";
import { FaultDisk } from "./testing-fixtures/fault-disk.ts";

const reserve = serverLimits.diskReserveBytes;
const nothing = async (): Promise<boolean> => await Promise.resolve(false);

function guardOf(freeBytes: number): { readonly disk: FaultDisk; readonly guard: SpaceGuard } {
  const disk = new FaultDisk();
  disk.freeBytesNow = freeBytes;
  return { disk, guard: new SpaceGuard(disk, "data", nothing) };
}

/** An upload that writes a tenth at a time, with the disk's figure going down as it does. */
async function upload(guard: SpaceGuard, disk: FaultDisk, bytes: number): Promise<void> {
  const room = await guard.reserve(bytes);
  try {
    for (let part = 0; part < 10; part += 1) {
      await room.take(bytes / 10);
      disk.freeBytesNow = (disk.freeBytesNow ?? 0) - bytes / 10;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  } finally {
    room.release();
  }
}

describe("room for uploads", () => {
  test("of ten that come at once, the five that fit succeed", async () => {
    const { disk, guard } = guardOf(reserve + 55 * mib);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, async () => await upload(guard, disk, 10 * mib)),
    );
    const done = outcomes.filter(({ status }) => status === "fulfilled");
    expect(done).toHaveLength(5);
    expect(disk.freeBytesNow).toBe(reserve + 5 * mib);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refused?.reason).toMatchObject({
      code: "ServiceUnavailable",
      message: expect.stringMatching(/disk is full .* are needed and \d+ are free/),
    });
  });

  test("that was not used is there for the next one", async () => {
    const { disk, guard } = guardOf(reserve + 10 * mib);
    const first = await guard.reserve(8 * mib);
    await first.take(mib);
    disk.freeBytesNow = reserve + 9 * mib;
    await expect(guard.reserve(8 * mib)).rejects.toMatchObject({ code: "ServiceUnavailable" });
    first.release();
    first.release();
    const second = await guard.reserve(8 * mib);
    await expect(guard.reserve(2 * mib)).rejects.toMatchObject({ code: "ServiceUnavailable" });
    second.release();
  });

  test("is looked for as it comes when nobody said how much", async () => {
    const { disk, guard } = guardOf(reserve + 10 * mib);
    const known = await guard.reserve(6 * mib);
    const unknown = await guard.reserve(0);
    await unknown.take(3 * mib);
    disk.freeBytesNow = reserve + 7 * mib;
    await expect(unknown.take(3 * mib)).rejects.toMatchObject({ code: "ServiceUnavailable" });
    unknown.release();
    await known.take(6 * mib);
    known.release();
  });

  test("is asked for once by all that come at once", async () => {
    class CountingDisk extends FaultDisk {
      asked = 0;

      override async freeBytes(path: string): Promise<number> {
        this.asked += 1;
        return await super.freeBytes(path);
      }
    }
    const disk = new CountingDisk();
    disk.freeBytesNow = reserve + mib;
    const guard = new SpaceGuard(disk, "data", nothing);
    const rooms = await Promise.all(
      Array.from({ length: 100 }, async () => await guard.reserve(1024)),
    );
    for (const room of rooms) room.release();
    expect(disk.asked).toBe(1);
  });
});
