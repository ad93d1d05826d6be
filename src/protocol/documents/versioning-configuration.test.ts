import { describe, expect, it } from "vitest";
import { bucketDocuments } from "../bucket-documents.ts";
import { S3Error } from "../s3-error.ts";
import { renderXml, s3Namespace, type XmlNode } from "../xml/render.ts";
import { versioningConfiguration } from "./versioning-configuration.ts";

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

const document = (inner: string) => `<VersioningConfiguration>${inner}</VersioningConfiguration>`;

describe("versioning configuration", () => {
  it.each(["Enabled", "Suspended"] as const)("comes back as it was: %s", (status) => {
    expect(versioningConfiguration.parse(xml(versioningConfiguration.render(status)))).toBe(status);
  });

  it("is empty while never set", () => {
    expect(xml(bucketDocuments.versioning.notSet as XmlNode)).toContain(
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
    expect(codeOf(() => versioningConfiguration.parse(document(inner)))).toBe(code);
  });
});
