import { serverLimits } from "../../core/limits.ts";
import { S3Error } from "../s3-error.ts";

export interface XmlElement {
  /** The local name: a prefix such as `ns:` is dropped, and namespaces are not looked at. */
  readonly name: string;
  /** The element's own character data, entities resolved, white space kept. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

export interface ParseXmlOptions {
  /** Local name that the document element must have. */
  readonly root?: string;
  /** Default `serverLimits.xmlDepth`. */
  readonly maxDepth?: number;
}

/**
 * Reads a small XML document in one pass. Throws S3Error MalformedXML for anything that is not
 * well-formed, nested too deeply, of more than `serverLimits.xmlElements`, not UTF-8, of another root,
 * or that has a DOCTYPE: no entity is ever defined or fetched. Attributes are checked for form and
 * dropped.
 */
export function parseXml(bytes: Uint8Array | string, options: ParseXmlOptions = {}): XmlElement {
  const source = (typeof bytes === "string" ? bytes : decodeUtf8(bytes)).replace(/^\uFEFF/, "");
  const root = new Parser(source, options.maxDepth ?? serverLimits.xmlDepth).document();
  if (options.root !== undefined && root.name !== options.root) throw malformed();
  return root;
}

/** The first child of that name. */
export function child(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((entry) => entry.name === name);
}

export function childText(parent: XmlElement, name: string): string | undefined {
  return child(parent, name)?.text;
}

export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((entry) => entry.name === name);
}

interface OpenElement {
  readonly qualifiedName: string;
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

const nameToken = /[A-Za-z_:\u0080-\u{10FFFF}][-A-Za-z0-9._:\u0080-\u{10FFFF}]*/uy;
const attributeToken = /\s+([^\s=<>/"'&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEndToken = /\s*(\/?)>/y;
const whiteSpace = /^[ \t\r\n]*$/;

class Parser {
  readonly #source: string;
  readonly #maxDepth: number;
  readonly #open: OpenElement[] = [];
  #position = 0;
  #elementCount = 0;
  #root: XmlElement | undefined;

  constructor(source: string, maxDepth: number) {
    this.#source = source;
    this.#maxDepth = maxDepth;
  }

  document(): XmlElement {
    this.#declaration();
    while (this.#position < this.#source.length) {
      const tag = this.#source.indexOf("<", this.#position);
      this.#characters(tag === -1 ? this.#source.length : tag);
      if (tag !== -1) this.#markup();
    }
    if (this.#root === undefined || this.#open.length > 0) throw malformed();
    return this.#root;
  }

  #declaration(): void {
    if (!/^<\?xml[ \t\r\n]/.test(this.#source)) return;
    const end = this.#source.indexOf("?>");
    if (end === -1) throw malformed();
    const declared = /encoding\s*=\s*["']([^"']*)["']/.exec(this.#source.slice(0, end));
    if (declared !== null && !/^(utf-?8|us-ascii)$/i.test(declared[1] ?? "")) throw malformed();
    this.#position = end + 2;
  }

  #characters(end: number): void {
    if (end === this.#position) return;
    const raw = this.#source.slice(this.#position, end);
    this.#position = end;
    const current = this.#open.at(-1);
    if (current !== undefined) current.text += resolveText(raw);
    else if (!whiteSpace.test(raw)) throw malformed();
  }

  #markup(): void {
    const source = this.#source;
    if (source.startsWith("</", this.#position)) this.#endTag();
    else if (source.startsWith("<!--", this.#position)) this.#skipPast("-->", 4);
    else if (source.startsWith("<![CDATA[", this.#position)) this.#characterData();
    else if (source.startsWith("<?", this.#position)) this.#skipPast("?>", 2);
    else if (source.startsWith("<!", this.#position)) throw malformed();
    else this.#startTag();
  }

  #startTag(): void {
    this.#position += 1;
    const qualifiedName = this.#take(nameToken)[0];
    // Attributes only matter for their form; `xmlns` and `xsi:type` say nothing that names do not.
    for (;;) {
      const attribute = this.#tryTake(attributeToken);
      if (attribute === undefined) break;
      resolveText(attribute[2] ?? attribute[3] ?? "");
    }
    const selfClosing = this.#take(tagEndToken)[1] === "/";
    if (this.#open.length >= this.#maxDepth) throw malformed();
    this.#elementCount += 1;
    if (this.#elementCount > serverLimits.xmlElements) throw malformed();
    if (this.#open.length === 0 && this.#root !== undefined) throw malformed();
    const name = qualifiedName.slice(qualifiedName.indexOf(":") + 1);
    this.#open.push({ qualifiedName, name, text: "", children: [] });
    if (selfClosing) this.#close();
  }

  #endTag(): void {
    this.#position += 2;
    const qualifiedName = this.#take(nameToken)[0];
    if (this.#take(tagEndToken)[1] === "/") throw malformed();
    if (this.#open.at(-1)?.qualifiedName !== qualifiedName) throw malformed();
    this.#close();
  }

  #close(): void {
    const closed = this.#open.pop();
    if (closed === undefined) throw malformed();
    const { name, text, children } = closed;
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = { name, text, children };
    else parent.children.push({ name, text, children });
  }

  #characterData(): void {
    const start = this.#position + "<![CDATA[".length;
    const end = this.#source.indexOf("]]>", start);
    const current = this.#open.at(-1);
    if (end === -1 || current === undefined) throw malformed();
    current.text += normaliseLines(this.#source.slice(start, end));
    this.#position = end + 3;
  }

  #skipPast(terminator: string, openLength: number): void {
    const end = this.#source.indexOf(terminator, this.#position + openLength);
    if (end === -1) throw malformed();
    this.#position = end + terminator.length;
  }

  #tryTake(token: RegExp): RegExpExecArray | undefined {
    token.lastIndex = this.#position;
    const match = token.exec(this.#source);
    if (match === null) return undefined;
    this.#position = token.lastIndex;
    return match;
  }

  #take(token: RegExp): RegExpExecArray {
    const match = this.#tryTake(token);
    if (match === undefined) throw malformed();
    return match;
  }
}

const namedEntities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function resolveText(raw: string): string {
  const text = normaliseLines(raw);
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]{0,16});?/g, (reference: string, name: string) => {
    if (!reference.endsWith(";")) throw malformed();
    return namedEntities.get(name) ?? characterReference(name);
  });
}

/** Any code point but NUL and surrogates: S3 itself sends control characters in this form. */
function characterReference(name: string): string {
  const match = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
  if (match === null) throw malformed();
  const [, hex, decimal] = match;
  const codePoint = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  const isSurrogate = codePoint >= 0xd8_00 && codePoint <= 0xdf_ff;
  if (codePoint === 0 || codePoint > 0x10_ff_ff || isSurrogate) throw malformed();
  return String.fromCodePoint(codePoint);
}

function normaliseLines(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new S3Error("MalformedXML", { cause });
  }
}

function malformed(): S3Error {
  return new S3Error("MalformedXML");
}
