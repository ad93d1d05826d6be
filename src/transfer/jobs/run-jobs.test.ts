import { describe, expect, it } from "vitest";
import { StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import type { CopyJob } from "./copy-job.ts";
import { runJobs } from "./run-jobs.ts";

async function* jobs(count: number): AsyncIterable<CopyJob> {
  for (let index = 0; index < count; index += 1) {
    yield { kind: "upload", file: `f${index}`, to: { bucket: "b", key: `k${index}` } };
  }
}

const never = new AbortController().signal;
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

describe("runJobs", () => {
  it("goes on after a failure and tells which job it was", async () => {
    const done: string[] = [];
    const failures = await runJobs(
      jobs(100),
      async (job) => {
        await tick();
        if (job.kind === "upload" && job.file === "f7") throw new StorageError("NotFound", "gone");
        if (job.kind === "upload") done.push(job.file);
      },
      never,
    );
    expect(done).toHaveLength(99);
    expect(failures).toMatchObject([{ job: { file: "f7" }, error: { code: "NotFound" } }]);
  });

  it("holds no more failures than are told, and runs all jobs", async () => {
    let begun = 0;
    const failures = await runJobs(
      jobs(transferLimits.heldReports + 500),
      async () => {
        begun += 1;
        await Promise.resolve();
        throw new StorageError("NotFound", "gone");
      },
      never,
    );
    expect(begun).toBe(transferLimits.heldReports + 500);
    expect(failures).toHaveLength(transferLimits.heldReports);
  });

  it("begins no more when all must fail, and waits for those under way", async () => {
    let begun = 0;
    let ended = 0;
    const failures = await runJobs(
      jobs(1000),
      async () => {
        begun += 1;
        await tick();
        ended += 1;
        throw new StorageError("Unauthenticated", "expired");
      },
      never,
    );
    expect(begun).toBeLessThan(40);
    expect(ended).toBe(begun);
    expect(failures).toHaveLength(begun);
  });

  it.each([
    ["EROFS", false],
    ["EACCES", true],
  ])("of targets that fail with %s all are tried: %s", async (code, all) => {
    const cause = Object.assign(new Error(code), { code });
    const failures = await runJobs(
      jobs(100),
      async () => {
        await tick();
        throw new StorageError("Unknown", "not written", { cause });
      },
      never,
    );
    expect(failures.length === 100).toBe(all);
  });

  it("runs 16 at first, and one more for each that did its work, up to 64", async () => {
    let running = 0;
    let ended = 0;
    let mostAtFirst = 0;
    let most = 0;
    await runJobs(
      jobs(400),
      async () => {
        running += 1;
        most = Math.max(most, running);
        if (ended === 0) mostAtFirst = most;
        await tick();
        running -= 1;
        ended += 1;
      },
      never,
    );
    expect([mostAtFirst, most]).toEqual([16, 64]);
  });

  it("runs no more than at first while jobs fail", async () => {
    let running = 0;
    let most = 0;
    await runJobs(
      jobs(100),
      async () => {
        running += 1;
        most = Math.max(most, running);
        await tick();
        running -= 1;
        throw new StorageError("NotFound", "gone");
      },
      never,
    );
    expect(most).toBe(16);
  });
});
