import { describe, expect, it } from "vitest";
import { S3Error } from "../s3-error.ts";
import { renderXml, s3Namespace } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import {
  parseEncryptionConfiguration,
  renderEncryptionConfiguration,
} from "./encryption-configuration.ts";
import { parseOwnershipControls, renderOwnershipControls } from "./ownership-controls.ts";
import { parsePublicAccessBlock, renderPublicAccessBlock } from "./public-access-block.ts";
import { parseTagging, renderTagging } from "./tagging.ts";
import {
  parseVersioningConfiguration,
  renderVersioningConfiguration,
} from "./versioning-configuration.ts";

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

describe("encryption configuration", () => {
  const rule = (inner: string) =>
    `<ServerSideEncryptionConfiguration xmlns="${s3Namespace}"><Rule>${inner}</Rule>` +
    "</ServerSideEncryptionConfiguration>";
  const apply = (inner: string) =>
    `<ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault>`;
  const aes = apply("<SSEAlgorithm>AES256</SSEAlgorithm>");

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
    expect(parseEncryptionConfiguration(xml(renderEncryptionConfiguration(value)))).toEqual(value);
  });

  it("reads what boto3 sends, in any order", () => {
    expect(
      parseEncryptionConfiguration(rule(`<BucketKeyEnabled>true</BucketKeyEnabled>\n  ${aes}`)),
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
    const value = parseEncryptionConfiguration(
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
    expect(codeOf(() => parseEncryptionConfiguration(text))).toBe("MalformedXML");
  });
});

describe("versioning configuration", () => {
  const document = (inner: string) => `<VersioningConfiguration>${inner}</VersioningConfiguration>`;

  it.each(["Enabled", "Suspended"] as const)("comes back as it was: %s", (status) => {
    expect(parseVersioningConfiguration(xml(renderVersioningConfiguration(status)))).toBe(status);
  });

  it("is empty while never set", () => {
    expect(xml(renderVersioningConfiguration(undefined))).toContain(
      `<VersioningConfiguration xmlns="${s3Namespace}"/>`,
    );
  });

  it.each([
    ["", "IllegalVersioningConfigurationException"],
    ["<Status>enabled</Status>", "MalformedXML"],
    ["<Status>Enabled</Status><Status>Suspended</Status>", "MalformedXML"],
    ["<Status>Enabled</Status><Other/>", "MalformedXML"],
    ["<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>", "AccessDenied"],
    ["<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>", "accepted"],
  ])("%s is %s", (inner, code) => {
    expect(codeOf(() => parseVersioningConfiguration(document(inner)))).toBe(code);
  });
});

describe("public access block", () => {
  const document = (inner: string) =>
    `<PublicAccessBlockConfiguration>${inner}</PublicAccessBlockConfiguration>`;

  it("comes back as it was", () => {
    const value = {
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    };
    expect(parsePublicAccessBlock(xml(renderPublicAccessBlock(value)))).toEqual(value);
  });

  it("takes what is not named for off", () => {
    const value = parsePublicAccessBlock(document("<BlockPublicPolicy>TRUE</BlockPublicPolicy>"));
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
      expect(codeOf(() => parsePublicAccessBlock(document(inner)))).toBe("MalformedXML");
    },
  );
});

describe("ownership controls", () => {
  it.each(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"] as const)(
    "come back as they were: %s",
    (value) => {
      expect(parseOwnershipControls(xml(renderOwnershipControls(value)))).toBe(value);
    },
  );

  it.each([
    "<OwnershipControls/>",
    "<OwnershipControls><Rule/></OwnershipControls>",
    "<OwnershipControls><Rule><ObjectOwnership>Me</ObjectOwnership></Rule></OwnershipControls>",
  ])("refuse %s", (text) => {
    expect(codeOf(() => parseOwnershipControls(text))).toBe("MalformedXML");
  });
});

describe("tagging", () => {
  it.each([[[]], [[{ Key: "a", Value: "" }]], [[{ Key: " ü ", Value: "<&>" }]]])(
    "comes back as it was: %j",
    (tags) => {
      expect(parseTagging(xml(renderTagging(tags)))).toEqual(tags);
    },
  );

  it.each([
    "<Tagging/>",
    "<Tagging><TagSet/><TagSet/></Tagging>",
    "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>",
    "<Tagging><TagSet><Tag><Value>a</Value></Tag></TagSet></Tagging>",
    "<Tagging><TagSet><Tag><Key>a</Key><Key>b</Key><Value/></Tag></TagSet></Tagging>",
    "<Tagging><TagSet><Tags/></TagSet></Tagging>",
  ])("refuses %s", (text) => {
    expect(codeOf(() => parseTagging(text))).toBe("MalformedXML");
  });
});
