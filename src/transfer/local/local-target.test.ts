import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localTarget } from "./local-target.ts";

describe("localTarget", () => {
  it.each(["a", "a/b.tsv", "variant=0/plots/x y+%.tsv", "..a/b..", "é/\u{1F600}"])(
    "keeps %s below the folder",
    (key) => expect(localTarget("out", key)).toEqual({ file: join("out", ...key.split("/")) }),
  );

  it.each(["../x", "a/../../x", "/etc/passwd", "a//b", "dir/", "", ".", "a/./b", "a\0b"])(
    "refuses %j, which would leave the folder or fall together with another",
    (key) => expect(localTarget("out", key)).toHaveProperty("reason"),
  );

  it("refuses the name of an unfinished download, which the next one would remove", () => {
    expect(localTarget("out", "a/.sms-0123abcd-1-x.part")).toHaveProperty("reason");
  });

  it.each([
    "a\\..\\..\\x",
    "C:x",
    "a:stream",
    "nul",
    "sub/CON.txt",
    "com1",
    "LPT\u00b9",
    "x.",
    "x ",
    "a\nb",
  ])("refuses %j on Windows, where it is another place, a device or no name", (key) => {
    expect(localTarget("out", key, "win32")).toHaveProperty("reason");
    expect(localTarget("out", key, "linux")).toHaveProperty("file");
  });

  it.each(["console.log", "nullable", "com", "com10", "auxiliary/x"])(
    "keeps %s on Windows",
    (key) => expect(localTarget("out", key, "win32")).toHaveProperty("file"),
  );
});
