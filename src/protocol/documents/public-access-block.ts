import type { PublicAccessBlockConfiguration } from "../../core/bucket-settings.ts";
import { parseXml } from "../xml/parse.ts";
import { element } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import { assertChildren, malformed, readBoolean } from "./read-element.ts";

const names = [
  "BlockPublicAcls",
  "IgnorePublicAcls",
  "BlockPublicPolicy",
  "RestrictPublicBuckets",
] as const;

/** Reads `PublicAccessBlockConfiguration`; what is not named is off. Throws S3Error MalformedXML. */
export function parsePublicAccessBlock(bytes: Uint8Array | string): PublicAccessBlockConfiguration {
  const root = parseXml(bytes, { root: "PublicAccessBlockConfiguration" });
  assertChildren(root, names);
  if (root.children.length === 0) throw malformed();
  return {
    BlockPublicAcls: readBoolean(root, "BlockPublicAcls") ?? false,
    IgnorePublicAcls: readBoolean(root, "IgnorePublicAcls") ?? false,
    BlockPublicPolicy: readBoolean(root, "BlockPublicPolicy") ?? false,
    RestrictPublicBuckets: readBoolean(root, "RestrictPublicBuckets") ?? false,
  };
}

export function renderPublicAccessBlock(value: PublicAccessBlockConfiguration): XmlNode {
  return element(
    "PublicAccessBlockConfiguration",
    names.map((name) => element(name, value[name])),
  );
}
