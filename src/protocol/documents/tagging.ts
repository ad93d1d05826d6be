import type { Tag } from "../../core/bucket-settings.ts";
import { childrenNamed, parseXml } from "../xml/parse.ts";
import type { XmlElement } from "../xml/parse.ts";
import { element } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import { assertChildren, onlyChild, onlyText, required } from "./read-element.ts";

/**
 * Reads `Tagging`, of a bucket or an object. Throws S3Error MalformedXML; how many tags and which
 * letters are allowed differs by resource and is for the caller to judge.
 */
export function parseTagging(bytes: Uint8Array | string): Tag[] {
  const root = parseXml(bytes, { root: "Tagging" });
  assertChildren(root, ["TagSet"]);
  const tagSet = required(onlyChild(root, "TagSet"));
  assertChildren(tagSet, ["Tag"]);
  return childrenNamed(tagSet, "Tag").map(parseTag);
}

export function renderTagging(tags: readonly Tag[]): XmlNode {
  return element("Tagging", element("TagSet", tags.map(renderTag)));
}

/** A `Tag` element; also stands in lifecycle filters. */
export function parseTag(tag: XmlElement): Tag {
  assertChildren(tag, ["Key", "Value"]);
  return { Key: required(onlyText(tag, "Key")), Value: required(onlyText(tag, "Value")) };
}

export function renderTag({ Key, Value }: Tag): XmlNode {
  return element("Tag", element("Key", Key), element("Value", Value));
}
