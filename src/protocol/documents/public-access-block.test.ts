import { describe, expect, it } from "vitest";
import { S3Error } from "../s3-error.ts";
import { renderXml, s3Namespace, type XmlNode } from "../xml/render.ts";
import { publicAccessBlock } from "./public-access-block.ts";

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

const document = (inner: string) =>
  `<PublicAccessBlockConfiguration>${inner}</PublicAccessBlockConfiguration>`;

describe("public access block", () => {
  it("comes back as it was", () => {
    const value = {
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    };
    expect(publicAccessBlock.parse(xml(publicAccessBlock.render(value)))).toEqual(value);
  });

  it("takes what is not named for off", () => {
    const value = publicAccessBlock.parse(document("<BlockPublicPolicy>TRUE</BlockPublicPolicy>"));
    expect(value).toEqual({
      BlockPublicAcls: false,
      IgnorePublicAcls: false,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: false,
    });
  });

  it.each(["", "<BlockPublicAcls/>", "<BlockPublicAcl>true</BlockPublicAcl>"])(
    "refuses %s",
    (inner) => {
      expect(codeOf(() => publicAccessBlock.parse(document(inner)))).toBe("MalformedXML");
    },
  );
});
