import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { Output, type OutputOptions } from "./output.ts";

function output(isTTY: boolean, options: Partial<OutputOptions> = {}) {
  let shown = "";
  let now = 0;
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 40 });
  stream.on("data", (chunk: Buffer) => (shown += chunk.toString("utf8")));
  const stderr = stream as unknown as NodeJS.WriteStream;
  const made = new Output(
    {
      json: false,
      quiet: false,
      color: "never",
      stdout: stderr,
      stderr,
      ownCommand: "sms-storage",
      ...options,
    },
    () => now,
  );
  return {
    progress: (text: string) => made.progress(text),
    pass: (ms: number) => (now += ms),
    shown: () => shown,
  };
}

it("overwrites one line on a terminal, cut to its width", () => {
  const { progress, shown } = output(true);
  progress("a");
  progress("b".repeat(50));
  expect(shown()).toBe(`\r\u001b[2Ka\r\u001b[2K${"b".repeat(39)}`);
});

it.each([
  ["without a terminal", false, {}],
  ["where it was asked for", true, { progress: "plain" }],
] as const)("writes a line in ten seconds %s", (_where, isTTY, options) => {
  const { progress, pass, shown } = output(isTTY, options);
  for (let second = 0; second <= 25; second += 1) {
    progress(`after ${second} s`);
    pass(1000);
  }
  expect(shown()).toBe("after 10 s\nafter 20 s\n");
});

it.each([
  ["none", { progress: "none" }],
  ["quiet", { quiet: true }],
  ["JSON", { json: true }],
] as const)("writes nothing with %s", (_what, options) => {
  for (const isTTY of [true, false]) {
    const { progress, pass, shown } = output(isTTY, options);
    pass(60_000);
    progress("a");
    expect(shown()).toBe("");
  }
});
