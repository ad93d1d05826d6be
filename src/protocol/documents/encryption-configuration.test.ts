import { describe, expect, it } from "vitest";
import { S3Error } from "../s3-error.ts";
import { renderXml, s3Namespace, type XmlNode } from "../xml/render.ts";
import { encryptionConfiguration } from "./encryption-configuration.ts";

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

const rule = (inner: string) =>
  `<ServerSideEncryptionConfiguration xmlns="${s3Namespace}"><Rule>${inner}</Rule>` +
  "</ServerSideEncryptionConfiguration>";
const apply = (inner: string) =>
  `<ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault>`;
const aes = apply("<SSEAlgorithm>AES256</SSEAlgorithm>");

describe("encryption configuration", () => {
  it.each([
    { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }] },
    {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "k&1" },
          BucketKeyEnabled: true,
          BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
        },
      ],
    },
    {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms:dsse" },
          BucketKeyEnabled: false,
        },
      ],
    },
  ] as const)("comes back as it was: %j", (value) => {
    expect(encryptionConfiguration.parse(xml(encryptionConfiguration.render(value)))).toEqual(
      value,
    );
  });

  it("reads what boto3 sends, in any order", () => {
    expect(
      encryptionConfiguration.parse(rule(`<BucketKeyEnabled>true</BucketKeyEnabled>\n  ${aes}`)),
    ).toEqual({
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
          BucketKeyEnabled: true,
        },
      ],
    });
  });

  it("takes an empty key id for none", () => {
    const value = encryptionConfiguration.parse(
      rule(apply("<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID/>")),
    );
    expect(value.Rules[0]?.ApplyServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: "aws:kms" });
  });

  it.each([
    "<ServerSideEncryptionConfiguration/>",
    "<Other/>",
    rule(""),
    rule(apply("")),
    rule(apply("<SSEAlgorithm>AES128</SSEAlgorithm>")),
    rule(aes + aes),
    rule(`${aes}</Rule><Rule>${aes}`),
    rule(`${aes}<BucketKeyEnabled>yes</BucketKeyEnabled>`),
    rule(`${aes}<Unknown/>`),
    rule(`${aes}<BlockedEncryptionTypes/>`),
    rule(
      `${aes}<BlockedEncryptionTypes><EncryptionType>SSE</EncryptionType></BlockedEncryptionTypes>`,
    ),
  ])("refuses %s", (text) => {
    expect(codeOf(() => encryptionConfiguration.parse(text))).toBe("MalformedXML");
  });
});
