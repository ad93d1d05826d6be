import { trailLimits } from "../../core/trail-limits.ts";
import { parseXml, type XmlElement } from "../../protocol/xml/parse.ts";
import type { JsonObject, JsonValue } from "./call-facts.ts";

const hidden =
  /^(x-amz-(signature|credential|security-token|content-sha256|date)|AWSAccessKeyId|Signature|Expires|.*-customer-key)$/i;

/** What signs a request, or must not be kept. */
export function isHiddenParameter(name: string): boolean {
  return hidden.test(name);
}

/** A document of S3 as parameters: JSON is a bucket's policy, XML stands under its own name. */
export function documentParameters(document: Buffer): JsonObject {
  if (document.length > trailLimits.documentBytes) {
    return { omitted: true, originalSize: document.length, reason: "The document is too large." };
  }
  try {
    const text = document.toString("utf8").trimStart();
    if (text.startsWith("{")) return { bucketPolicy: JSON.parse(text) as JsonValue };
    const root = parseXml(document);
    return { [root.name]: valueOf(root) };
  } catch {
    // It was refused for what it is, and the event says so.
    return {};
  }
}

/** The children by name, those of one name as a list. */
export function valueOf({ children, text }: XmlElement): JsonValue {
  if (children.length === 0) return text;
  const byName = new Map<string, JsonValue[]>();
  for (const one of children) {
    const values = byName.get(one.name) ?? [];
    values.push(valueOf(one));
    byName.set(one.name, values);
  }
  return Object.fromEntries(
    Array.from(byName, ([name, values]) => [
      name,
      values.length === 1 ? (values[0] ?? "") : values,
    ]),
  );
}
