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
});
