import { describe, expect, it } from "vitest";
import { S3Error } from "../s3-error.ts";
import { renderXml, s3Namespace, type XmlNode } from "../xml/render.ts";
import { ownershipControls } from "./ownership-controls.ts";

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

describe("ownership controls", () => {
  it.each(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"] as const)(
    "come back as they were: %s",
    (value) => {
      expect(ownershipControls.parse(xml(ownershipControls.render(value)))).toBe(value);
    },
  );

  it.each([
    "<OwnershipControls/>",
    "<OwnershipControls><Rule/></OwnershipControls>",
    "<OwnershipControls><Rule><ObjectOwnership>Me</ObjectOwnership></Rule></OwnershipControls>",
  ])("refuse %s", (text) => {
    expect(codeOf(() => ownershipControls.parse(text))).toBe("MalformedXML");
  });
});
