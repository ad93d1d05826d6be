import type { LifecycleConfiguration, LifecycleRule } from "../../core/bucket-settings.ts";
import { childrenNamed, parseXml } from "../xml/parse.ts";
import type { XmlElement } from "../xml/parse.ts";
import { element, optionalElement } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import { parseLifecycleActions, renderLifecycleActions } from "./lifecycle-actions.ts";
import { parseLifecycleFilter, renderLifecycleFilter } from "./lifecycle-filter.ts";
import { assertChildren, malformed, onlyChild, onlyText } from "./read-element.ts";
import { readChoice, required } from "./read-element.ts";

/**
 * Reads `LifecycleConfiguration`. Throws S3Error MalformedXML for what breaks the schema, `Id` for
 * `ID` included; rules of meaning (days above zero, one kind of filter, ...) are for the caller.
 */
export function parseLifecycleConfiguration(bytes: Uint8Array | string): LifecycleConfiguration {
  const root = parseXml(bytes, { root: "LifecycleConfiguration" });
  assertChildren(root, ["Rule"]);
  const rules = childrenNamed(root, "Rule");
  if (rules.length === 0) throw malformed();
  return { Rules: rules.map(parseRule) };
}

/** `TransitionDefaultMinimumObjectSize` is a header of the answer, not part of the document. */
export function renderLifecycleConfiguration(value: LifecycleConfiguration): XmlNode {
  return element("LifecycleConfiguration", value.Rules.map(renderRule));
}

/** S3 names rules that came without an `ID`. */
export function withRuleIds(
  value: LifecycleConfiguration,
  makeId: () => string,
): LifecycleConfiguration {
  return {
    ...value,
    Rules: value.Rules.map((rule) => (isNamed(rule) ? rule : { ...rule, ID: makeId() })),
  };
}

function isNamed({ ID }: LifecycleRule): boolean {
  return ID !== undefined && ID !== "";
}

function parseRule(rule: XmlElement): LifecycleRule {
  assertChildren(rule, [
    "ID",
    "Status",
    "Filter",
    "Prefix",
    "Expiration",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
    "Transition",
    "NoncurrentVersionTransition",
  ]);
  const id = onlyText(rule, "ID");
  const filter = onlyChild(rule, "Filter");
  const prefix = onlyText(rule, "Prefix");
  return {
    ...(id !== undefined && { ID: id }),
    Status: required(readChoice(rule, "Status", ["Enabled", "Disabled"])),
    ...(filter !== undefined && { Filter: parseLifecycleFilter(filter) }),
    ...(prefix !== undefined && { Prefix: prefix }),
    ...parseLifecycleActions(rule),
  };
}

function renderRule(rule: LifecycleRule): XmlNode {
  return element(
    "Rule",
    optionalElement("ID", rule.ID),
    rule.Filter && renderLifecycleFilter(rule.Filter),
    optionalElement("Prefix", rule.Prefix),
    element("Status", rule.Status),
    renderLifecycleActions(rule),
  );
}
