import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
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
    stdout: terminal as unknown as NodeJS.WriteStream,
    stderr: terminal as unknown as NodeJS.WriteStream,
  });
  let now = 1000;
  const progress = new TransferProgress(output, () => now);
  return { progress, pass: (ms: number) => (now += ms), shown: () => shown };
}

it("shows share, rate and time left of one large object", () => {
  const { progress, pass, shown } = progressOn(true);
  const job = progress.begin();
  pass(1000);
  job.update({ doneBytes: 64 * mib, totalBytes: 256 * mib });
  expect(shown()).toContain(
    "[######------------------] 25%  64.0 MiB of 256.0 MiB, 64.0 MiB/s, 0:03 left",
  );
});

it("takes the rate of the last seconds", () => {
  const { progress, pass, shown } = progressOn(true);
  const job = progress.begin();
  for (let second = 1; second <= 20; second += 1) {
    pass(1000);
    const doneBytes = second <= 10 ? second * 100 * mib : (990 + second) * mib;
    job.update({ doneBytes, totalBytes: 5000 * mib });
  }
  expect(shown().split("\r").at(-1)).toContain(", 1.0 MiB/s, 1:06:");
});

it("counts when there are several", () => {
  const { progress, pass, shown } = progressOn(true);
  const first = progress.begin();
  const second = progress.begin();
  first.update({ doneBytes: mib, totalBytes: mib });
  first.end(true);
  pass(1000);
  second.update({ doneBytes: mib, totalBytes: 4 * mib });
  expect(shown()).toContain("1 copied, 2.0 MiB, 2.0 MiB/s");
});

it("prints nothing where there is no terminal", () => {
  const { progress, pass, shown } = progressOn(false);
  const job = progress.begin();
  pass(1000);
  job.update({ doneBytes: 1, totalBytes: 2 });
  expect(shown()).toBe("");
});
