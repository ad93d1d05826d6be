import { expect, it } from "vitest";
import { parseSize } from "./parse-size.ts";

it.each([
  ["0", 0],
  ["1000", 1000],
  ["10B", 10],
  ["10MiB", 10 * 1024 ** 2],
  ["10mib", 10 * 1024 ** 2],
  ["10M", 10 * 1024 ** 2],
  ["10MB", 10_000_000],
  ["1.5 GiB", 1.5 * 1024 ** 3],
  ["2kB", 2000],
  ["1T", 1024 ** 4],
])("%s is %d bytes", (text, bytes) => {
  expect(parseSize(text, "--larger-than")).toBe(bytes);
});

it.each(["", "x", "-1", "1iB", "1XiB", "1e3", "99999999999P", "MiB", "1 2", "0x10"])(
  "%s is no size",
  (text) => {
    expect(() => parseSize(text, "--larger-than")).toThrow(/--larger-than .*is no size/);
  },
);
