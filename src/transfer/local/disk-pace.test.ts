import { describe, expect, it } from "vitest";
import { transferLimits } from "../../core/limits.ts";
import { DiskPace } from "./disk-pace.ts";

/** How many of the files were done at once, by a disk that takes so long for each. */
function atOnce(files: number, takesMs: (file: number) => number): number {
  let nowMs = 0;
  let done = 0;
  const pace = new DiskPace(() => nowMs);
  for (let file = 0; file < files; file += 1) {
    const result = pace.try(() => {
      nowMs += takesMs(file);
      done += 1;
      return true;
    });
    expect([true, undefined]).toContain(result);
  }
  return done;
}

describe("files at once", () => {
  it("are all of a quick disk, also where a few take long", () => {
    expect(atOnce(1000, () => 0.1)).toBe(1000);
    expect(atOnce(1000, (file) => (file % 50 === 0 ? 3 * transferLimits.quickDiskMs : 0.1))).toBe(
      1000,
    );
  });

  it("are few of a slow disk, which is tried again now and then", () => {
    const done = atOnce(10 * transferLimits.slowDiskFiles, () => 20);
    expect(done).toBeGreaterThan(5);
    expect(done).toBeLessThan(20);
  });

  it("are most of a disk that gets quick again", () => {
    expect(atOnce(1000, (file) => (file < 100 ? 50 : 0.1))).toBeGreaterThan(850);
  });

  it("whose work fails count too, and fail", () => {
    let nowMs = 0;
    const pace = new DiskPace(() => nowMs);
    const fail = () =>
      pace.try(() => {
        nowMs += 1000;
        throw new Error("disk");
      });
    expect(fail).toThrow("disk");
    expect(pace.try(() => true)).toBeUndefined();
  });
});
