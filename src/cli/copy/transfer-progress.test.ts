import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import type { CopyJob } from "../../transfer/jobs/copy-job.ts";
import type { TransferNews } from "../../transfer/jobs/transfer-event.ts";
import { Output } from "../output.ts";
import { TransferProgress } from "./transfer-progress.ts";

const mib = 1024 * 1024;

function progressOn(isTty: boolean) {
  let shown = "";
  const stderr = new PassThrough();
  stderr.on("data", (chunk: Buffer) => (shown += chunk.toString("utf8")));
  const terminal = Object.assign(stderr, { isTTY: isTty, columns: 120 });
  const output = new Output({
    json: false,
    quiet: false,
    color: "never",
    ownCommand: "node dist/main.js",
    stdout: terminal as unknown as NodeJS.WriteStream,
    stderr: terminal as unknown as NodeJS.WriteStream,
  });
  let now = 1000;
  const progress = new TransferProgress(output, () => now);
  const begin = (key: string) => {
    const job: CopyJob = { kind: "upload", file: key, to: { bucket: "b", key } };
    progress.tell({ kind: "begun", job });
    return {
      update: (news: TransferNews) => progress.tell({ kind: "progress", job, news }),
      done: () => progress.tell({ kind: "done", job, sizeBytes: 0 }),
    };
  };
  return { begin, pass: (ms: number) => (now += ms), shown: () => shown };
}

it("shows share, rate and time left of one large object", () => {
  const { begin, pass, shown } = progressOn(true);
  const job = begin("a");
  pass(1000);
  job.update({ doneBytes: 64 * mib, totalBytes: 256 * mib });
  expect(shown()).toContain(
    "[######------------------] 25%  64.0 MiB of 256.0 MiB, 64.0 MiB/s, 0:03 left",
  );
});

it("takes the rate of the last seconds", () => {
  const { begin, pass, shown } = progressOn(true);
  const job = begin("a");
  for (let second = 1; second <= 20; second += 1) {
    pass(1000);
    const doneBytes = second <= 10 ? second * 100 * mib : (990 + second) * mib;
    job.update({ doneBytes, totalBytes: 5000 * mib });
  }
  expect(shown().split("\r").at(-1)).toContain(", 1.0 MiB/s, 1:06:");
});

it("counts when there are several", () => {
  const { begin, pass, shown } = progressOn(true);
  const first = begin("a");
  const second = begin("b");
  first.update({ doneBytes: mib, totalBytes: mib });
  first.done();
  pass(1000);
  second.update({ doneBytes: mib, totalBytes: 4 * mib });
  expect(shown()).toContain("1 copied, 2.0 MiB, 2.0 MiB/s");
});

it("prints nothing where there is no terminal", () => {
  const { begin, pass, shown } = progressOn(false);
  const job = begin("a");
  pass(1000);
  job.update({ doneBytes: 1, totalBytes: 2 });
  expect(shown()).toBe("");
});
