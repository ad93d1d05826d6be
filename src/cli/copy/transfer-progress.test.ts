import { expect, it } from "vitest";
import type { CopyJob } from "../../transfer/jobs/copy-job.ts";
import type { TransferNews } from "../../transfer/jobs/transfer-event.ts";
import { TransferProgress } from "./transfer-progress.ts";

const mib = 1024 * 1024;

function progress() {
  const lines: string[] = [];
  let now = 1000;
  const shown = new TransferProgress({ progress: (line) => lines.push(line) }, () => now);
  const begin = (key: string) => {
    const job: CopyJob = { kind: "upload", file: `folder/${key}`, to: { bucket: "b", key } };
    shown.tell({ kind: "begun", job });
    return {
      update: (news: TransferNews) => shown.tell({ kind: "progress", job, news }),
      done: (sizeBytes = 0) => shown.tell({ kind: "done", job, sizeBytes }),
      fail: () => shown.tell({ kind: "failed", job, error: new Error("x") }),
    };
  };
  return {
    begin,
    find: (...sizes: readonly (number | undefined)[]) => {
      for (const sizeBytes of sizes) {
        shown.tell({ kind: "found", ...(sizeBytes !== undefined && { sizeBytes }) });
      }
    },
    findAll: () => shown.tell({ kind: "all-found" }),
    pass: (ms: number) => (now += ms),
    last: () => lines.at(-1),
    lines,
  };
}

it("shows share, rate and time left of one large object", () => {
  const { begin, pass, last } = progress();
  const job = begin("a");
  pass(1000);
  job.update({ doneBytes: 64 * mib, totalBytes: 256 * mib });
  expect(last()).toBe(
    "[######------------------] 25%  64.0 MiB of 256.0 MiB, 64.0 MiB/s, 0:03 left",
  );
});

it("shows the first byte at once, then at most ten lines a second", () => {
  const { begin, pass, lines } = progress();
  const job = begin("a");
  for (let n = 0; n < 100; n += 1) {
    job.update({ doneBytes: n, totalBytes: 100 });
    pass(10);
  }
  expect(lines).toHaveLength(10);
});

it("takes the rate of the last seconds", () => {
  const { begin, pass, last } = progress();
  const job = begin("a");
  for (let second = 1; second <= 20; second += 1) {
    pass(1000);
    const doneBytes = second <= 10 ? second * 100 * mib : (990 + second) * mib;
    job.update({ doneBytes, totalBytes: 5000 * mib });
  }
  expect(last()).toContain(", 1.0 MiB/s, 1:06:");
});

it("says ~ of totals that may still grow, and of the time that follows from them", () => {
  const { begin, find, findAll, pass, last } = progress();
  find(mib, 4 * mib, 5 * mib);
  const first = begin("a");
  const second = begin("b");
  first.update({ doneBytes: mib, totalBytes: mib });
  first.done(mib);
  pass(1000);
  second.update({ doneBytes: mib, totalBytes: 4 * mib });
  expect(last()).toBe("1 of ~3, 2.0 MiB of ~10.0 MiB, 2.0 MiB/s, ~0:04 left");
  findAll();
  pass(1000);
  second.update({ doneBytes: 3 * mib, totalBytes: 4 * mib });
  expect(last()).toBe("1 of 3, 4.0 MiB of 10.0 MiB, 2.0 MiB/s, 0:03 left, b 75%");
});

it("goes by objects where sizes are not known, and counts what failed as over", () => {
  const { begin, find, findAll, pass, last } = progress();
  find(undefined, undefined, undefined, undefined);
  findAll();
  const [a, b] = [begin("a"), begin("b")];
  pass(3000);
  a.fail();
  pass(1000);
  b.done(mib);
  expect(last()).toBe("2 of 4, 1.0 MiB, 262.1 KiB/s, ~0:04 left".replace("262.1", "256.0"));
});

it("names what takes long, by the end of its name", () => {
  const { begin, find, pass, last } = progress();
  find(undefined, undefined);
  const slow = begin("a-very-long-name-of-a-file-of-many-words.tar");
  pass(2500);
  slow.update({ doneBytes: 10, totalBytes: 40 });
  begin("b").done(5);
  pass(1000);
  slow.update({ doneBytes: 10, totalBytes: 40 });
  expect(last()).toMatch(/, \.\.\.ile-of-many-words\.tar 25%$/);
});

it("tells when the keys end, where that matters", () => {
  const lines: string[] = [];
  let now = 1000;
  const asked: (number | undefined)[] = [];
  const keys = {
    timeLeft: (_at: number, seconds: number | undefined) => {
      asked.push(seconds);
      return "keys end in 9:00";
    },
  };
  const shown = new TransferProgress({ progress: (line) => lines.push(line) }, () => now, keys);
  const job: CopyJob = { kind: "upload", file: "a", to: { bucket: "b", key: "a" } };
  shown.tell({ kind: "begun", job });
  now += 1000;
  shown.tell({ kind: "progress", job, news: { doneBytes: mib, totalBytes: 4 * mib } });
  expect(lines.at(-1)).toMatch(/0:03 left, keys end in 9:00$/);
  expect(asked.at(-1)).toBe(3);
});
