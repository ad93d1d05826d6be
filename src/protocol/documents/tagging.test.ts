import { describe, expect, it } from "vitest";
import { S3Error } from "../s3-error.ts";
import { renderXml, s3Namespace, type XmlNode } from "../xml/render.ts";
import { tagging } from "./tagging.ts";

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof S3Error) return error.code;
    throw error;
  }
  return "accepted";
}

function xml(node: XmlNode): string {
  return renderXml(node, { namespace: s3Namespace });
}

describe("tagging", () => {
  it.each([[[]], [[{ Key: "a", Value: "" }]], [[{ Key: " ü ", Value: "<&>" }]]])(
    "comes back as it was: %j",
    (tags) => {
      expect(tagging.parse(xml(tagging.render(tags)))).toEqual(tags);
    },
  );

  it.each(["<Tagging/>", "<Tagging><TagSet/></Tagging>"])("has no tags in %s", (text) => {
    expect(tagging.parse(Buffer.from(text))).toEqual([]);
  });

  it.each([
    "<Tagging><TagSet/><TagSet/></Tagging>",
    "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>",
    "<Tagging><TagSet><Tag><Value>a</Value></Tag></TagSet></Tagging>",
    "<Tagging><TagSet><Tag><Key>a</Key><Key>b</Key><Value/></Tag></TagSet></Tagging>",
    "<Tagging><TagSet><Tags/></TagSet></Tagging>",
  ])("refuses %s", (text) => {
    expect(codeOf(() => tagging.parse(text))).toBe("MalformedXML");
  });
});
