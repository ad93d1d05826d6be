import type { ObjectOwnership } from "../../core/bucket-settings.ts";
import { parseXml } from "../xml/parse.ts";
import { element } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import { assertChildren, onlyChild, readChoice, required } from "./read-element.ts";

/** Reads `OwnershipControls`, which has exactly one rule. Throws S3Error MalformedXML. */
export function parseOwnershipControls(bytes: Uint8Array | string): ObjectOwnership {
  const root = parseXml(bytes, { root: "OwnershipControls" });
  assertChildren(root, ["Rule"]);
  const rule = required(onlyChild(root, "Rule"));
  assertChildren(rule, ["ObjectOwnership"]);
  return required(
    readChoice(rule, "ObjectOwnership", [
      "BucketOwnerEnforced",
      "BucketOwnerPreferred",
      "ObjectWriter",
    ]),
  );
}

export function renderOwnershipControls(value: ObjectOwnership): XmlNode {
  return element("OwnershipControls", element("Rule", element("ObjectOwnership", value)));
}
