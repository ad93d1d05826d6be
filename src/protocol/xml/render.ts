/** Namespace of S3's documents; error bodies have none. */
export const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

export interface XmlNode {
  readonly name: string;
  readonly children: readonly (XmlNode | string)[];
  readonly attributes?: Readonly<Record<string, string>>;
}

export type XmlContent = XmlNode | string | number | boolean | undefined | readonly XmlNode[];

/** An element; `undefined` children are left out, lists are flattened. */
export function element(name: string, ...children: readonly XmlContent[]): XmlNode {
  const kept: (XmlNode | string)[] = [];
  for (const child of children) {
    if (child === undefined) continue;
    if (typeof child === "object") {
      if (isNodeList(child)) kept.push(...child);
      else kept.push(child);
    } else kept.push(String(child));
  }
  return { name, children: kept };
}

/** An element around one value, or nothing when there is no value. */
export function optionalElement(
  name: string,
  value: string | number | boolean | undefined,
): XmlNode | undefined {
  return value === undefined ? undefined : element(name, value);
}

export interface RenderOptions {
  /** Default: none. S3's answers other than errors carry `s3Namespace`. */
  readonly namespace?: string;
}

/** A document with the declaration that S3 sends, and no white space of its own. */
export function renderXml(root: XmlNode, options: RenderOptions = {}): string {
  const top: XmlNode =
    options.namespace === undefined
      ? root
      : { ...root, attributes: { xmlns: options.namespace, ...root.attributes } };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${renderNode(top)}`;
}

function renderNode(node: XmlNode): string {
  let open = node.name;
  if (node.attributes !== undefined) {
    for (const [name, value] of Object.entries(node.attributes)) {
      open += ` ${name}="${escapeXml(value)}"`;
    }
  }
  if (node.children.length === 0) return `<${open}/>`;
  let inner = "";
  for (const child of node.children) {
    inner += typeof child === "string" ? escapeXml(child) : renderNode(child);
  }
  return `<${open}>${inner}</${node.name}>`;
}

// eslint-disable-next-line no-control-regex -- XML has to name them by number
const special = /[&<>"\u0000-\u0008\u000b-\u001f]/;
// eslint-disable-next-line no-control-regex -- XML has to name them by number
const allSpecial = /[&<>"\u0000-\u0008\u000b-\u001f]/g;

const named: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // Parsers turn a bare carriage return into a line feed, so S3 sends it by number.
  "\r": "&#13;",
};

/**
 * Text as XML. Control characters, which XML 1.0 cannot carry, become `&#x1;` as S3 sends them:
 * clients ask for `encoding-type=url` when keys may hold any.
 */
export function escapeXml(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(
    allSpecial,
    (char) => named[char] ?? `&#x${char.charCodeAt(0).toString(16)};`,
  );
}

function isNodeList(value: XmlNode | readonly XmlNode[]): value is readonly XmlNode[] {
  return Array.isArray(value);
}
