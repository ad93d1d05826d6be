import { parseXml, type XmlElement } from "../xml/parse.ts";
import { element, optionalElement, type XmlNode } from "../xml/render.ts";

/** S3's `<Error>`, which has no namespace. */
export interface ErrorDocument {
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** Further elements in order, such as `Key`, `RequestId` and `HostId`. */
  readonly details: Readonly<Record<string, string>>;
}

export function renderError({ code, message, details }: ErrorDocument): XmlNode {
  return element(
    "Error",
    optionalElement("Code", code),
    optionalElement("Message", message),
    Object.entries(details).map(([name, value]) => element(name, value)),
  );
}

/** Undefined for whatever is no `<Error>`: a proxy's page, another service's words, nothing. */
export function parseError(text: string): ErrorDocument | undefined {
  const root = tryParse(text.trim());
  if (root?.name !== "Error") return undefined;
  const elements: Record<string, string> = {};
  for (const { name, text: value } of root.children) elements[name] = value;
  const { Code: code, Message: message, ...details } = elements;
  return { code, message, details };
}

function tryParse(text: string): XmlElement | undefined {
  try {
    return parseXml(text);
  } catch {
    return undefined;
  }
}
