import type { LifecycleFilter } from "../../core/bucket-settings.ts";
import { childrenNamed } from "../xml/parse.ts";
import type { XmlElement } from "../xml/parse.ts";
import { element, optionalElement } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import { assertChildren, onlyChild, onlyText, readInteger } from "./read-element.ts";
import { parseTag, renderTag } from "./tagging.ts";

type And = NonNullable<LifecycleFilter["And"]>;

/** A rule's `Filter`; that at most one of its members is set is for the caller to judge. */
export function parseLifecycleFilter(filter: XmlElement): LifecycleFilter {
  assertChildren(filter, ["And", "Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"]);
  const and = onlyChild(filter, "And");
  const tag = onlyChild(filter, "Tag");
  return {
    ...parseReach(filter),
    ...(tag !== undefined && { Tag: parseTag(tag) }),
    ...(and !== undefined && { And: parseAnd(and) }),
  };
}

export function renderLifecycleFilter(filter: LifecycleFilter): XmlNode {
  return element(
    "Filter",
    filter.And && element("And", renderAnd(filter.And)),
    renderReach(filter),
    filter.Tag && renderTag(filter.Tag),
  );
}

function parseAnd(and: XmlElement): And {
  assertChildren(and, ["Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"]);
  const tags = childrenNamed(and, "Tag").map(parseTag);
  return { ...parseReach(and), ...(tags.length > 0 && { Tags: tags }) };
}

function renderAnd(and: And): XmlNode[] {
  return [...renderReach(and), ...(and.Tags ?? []).map(renderTag)];
}

type Reach = Pick<LifecycleFilter, "Prefix" | "ObjectSizeGreaterThan" | "ObjectSizeLessThan">;

function parseReach(parent: XmlElement): Reach {
  const prefix = onlyText(parent, "Prefix");
  const greaterThan = readInteger(parent, "ObjectSizeGreaterThan");
  const lessThan = readInteger(parent, "ObjectSizeLessThan");
  return {
    ...(prefix !== undefined && { Prefix: prefix }),
    ...(greaterThan !== undefined && { ObjectSizeGreaterThan: greaterThan }),
    ...(lessThan !== undefined && { ObjectSizeLessThan: lessThan }),
  };
}

function renderReach(reach: Reach): XmlNode[] {
  return [
    optionalElement("Prefix", reach.Prefix),
    optionalElement("ObjectSizeGreaterThan", reach.ObjectSizeGreaterThan),
    optionalElement("ObjectSizeLessThan", reach.ObjectSizeLessThan),
  ].filter((node) => node !== undefined);
}
