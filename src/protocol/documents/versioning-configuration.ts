import type { VersioningStatus } from "../../core/bucket-settings.ts";
import { S3Error } from "../s3-error.ts";
import { parseXml } from "../xml/parse.ts";
import { element, optionalElement } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import { assertChildren, readChoice } from "./read-element.ts";

/**
 * Reads `VersioningConfiguration`. Throws S3Error MalformedXML, IllegalVersioningConfigurationException
 * without a status, AccessDenied when MFA delete is to be switched on, which needs an MFA device.
 */
export function parseVersioningConfiguration(bytes: Uint8Array | string): VersioningStatus {
  const root = parseXml(bytes, { root: "VersioningConfiguration" });
  assertChildren(root, ["Status", "MfaDelete"]);
  const status = readChoice(root, "Status", ["Enabled", "Suspended"]);
  if (readChoice(root, "MfaDelete", ["Enabled", "Disabled"]) === "Enabled") {
    throw new S3Error("AccessDenied", {
      message: "Mfa Authentication must be used for this request",
    });
  }
  if (status === undefined) throw new S3Error("IllegalVersioningConfigurationException");
  return status;
}

/** Undefined, never set, is an empty document. */
export function renderVersioningConfiguration(status: VersioningStatus | undefined): XmlNode {
  return element("VersioningConfiguration", optionalElement("Status", status));
}
