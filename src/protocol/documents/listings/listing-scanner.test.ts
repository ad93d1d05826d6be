import { describe, expect, it } from "vitest";
import { scanElement } from "./listing-scanner.ts";

function leaves(text: string): [string, string][] {
  const found: [string, string][] = [];
  const bytes = Buffer.from(text);
  const end = scanElement(bytes, 0, "Contents", (name, start, to) => {
    found.push([name, bytes.toString("utf8", start, to)]);
  });
  return [...found, ["end", String(end)]];
}

describe("scanElement", () => {
  it("visits leaves, empty elements, attributes and children of children", () => {
    const text =
      '<Key>a&amp;b</Key><ETag></ETag><Size/><Owner xsi:type="x"><ID>1</ID></Owner></Contents><more>';
    expect(leaves(text)).toEqual([
      ["Key", "a&amp;b"],
      ["ETag", ""],
      ["Size", ""],
      ["Owner", ""],
      ["ID", "1"],
      ["end", String(text.indexOf("<more>"))],
    ]);
  });

  it("takes names as they are, known or not", () => {
    const text = "<Keys>1</Keys ><Unknown >2</Unknown><SizE>3</SizE></Contents>";
    expect(leaves(text).slice(0, 3)).toEqual([
      ["Keys", "1"],
      ["Unknown", "2"],
      ["SizE", "3"],
    ]);
  });

  it.each(["<Key>a", "<Key>a</Ke", "<Key>a</Key>", "<Ke", ""])(
    "notices a text cut short: %j",
    (text) => {
      expect(leaves(text).at(-1)).toEqual(["end", "-1"]);
    },
  );
});
