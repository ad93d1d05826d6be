import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatElapsed,
  formatTable,
  formatTime,
  printable,
  printableLines,
} from "./format.ts";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KiB"],
    [64 * 1024 * 1024, "64.0 MiB"],
    [3 * 1024 ** 5, "3.0 PiB"],
  ])("%d is %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("formatElapsed", () => {
  it.each([
    [0, "1 ms"],
    [0.0456, "46 ms"],
    [0.9996, "1.0 s"],
    [4.21, "4.2 s"],
    [9.96, "0:10"],
    [75, "1:15"],
  ])("%d is %s", (seconds, text) => expect(formatElapsed(seconds)).toBe(text));
});

it("formatTime is in UTC", () => {
  expect(formatTime(new Date("2026-11-24T06:00:00.123Z"))).toBe("2026-11-24 06:00:00");
  expect(formatTime(new Date("2026-11-24T23:59:59.999Z"))).toBe("2026-11-24 23:59:59");
  expect(formatTime(new Date("1969-12-31T23:59:58Z"))).toBe("1969-12-31 23:59:58");
});

it("formatTable aligns and leaves no blanks at the ends", () => {
  const table = formatTable([
    ["a", "long", ""],
    ["bbb", "x", "c"],
  ]);
  expect(table).toBe("a    long\nbbb  x     c");
});

describe("printable", () => {
  it("disarms terminal sequences and keeps everything else", () => {
    expect(printable("a\u001b[2Jb\u009b\n é\u{1F600}")).toBe("a\\x1b[2Jb\\x9b\\x0a é\u{1F600}");
  });

  it("shows marks that turn or break a line", () => {
    expect(printable("gpj.\u202Eexe\u2028")).toBe("gpj.\\u202eexe\\u2028");
  });

  it("leaves the lines of a longer text", () => {
    expect(printableLines("a\n\u001b[2J")).toBe("a\n\\x1b[2J");
  });
});
