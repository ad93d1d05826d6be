import { protocolLimits } from "../../core/limits.ts";
import { S3Error } from "../s3-error.ts";
import { namedEntities, replaceReferences } from "./replace-references.ts";

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
  /** Default `protocolLimits.xmlDepth`. */
  readonly maxDepth?: number;
  /** Default `protocolLimits.xmlElements`. */
  readonly maxElements?: number;
}

/**
 * Reads a small XML document in one pass. Throws S3Error MalformedXML for anything that is not
 * well-formed, nested too deeply, of too many elements, with names of more than
 * `protocolLimits.xmlNameUnits`, not UTF-8, of another root, or that has a DOCTYPE: no entity is ever
 * defined or fetched. Attributes are checked for form and dropped. Time and memory grow with the
 * document's length, whatever it holds.
 */
export function parseXml(bytes: Uint8Array | string, options: ParseXmlOptions = {}): XmlElement {
  const text = typeof bytes === "string" ? textWithLines(bytes) : decodeUtf8(withLines(bytes));
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const root = new Parser(source, options).document();
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

/**
 * What follows the first character of a name: bounded, so that a name has `xmlNameUnits` at most.
 */
const nameRest = `{0,${protocolLimits.xmlNameUnits - 1}}`;
const nameToken = new RegExp(
  `[A-Za-z_:\\u0080-\\u{10FFFF}][-A-Za-z0-9._:\\u0080-\\u{10FFFF}]${nameRest}`,
  "uy",
);
const attributeToken = new RegExp(`\\s+[^\\s=<>/"'&][^\\s=<>/"'&]${nameRest}\\s*=\\s*(["'])`, "y");
const tagEndToken = /\s*(\/?)>/y;
const tagEnd = 0x3e;
const whiteSpace = /^[ \t\r\n]*$/;

class Parser {
  readonly #source: string;
  readonly #maxDepth: number;
  readonly #maxElements: number;
  readonly #open: OpenElement[] = [];
  #position = 0;
  #elementCount = 0;
  #root: XmlElement | undefined;

  constructor(source: string, options: ParseXmlOptions) {
    this.#source = source;
    this.#maxDepth = options.maxDepth ?? protocolLimits.xmlDepth;
    this.#maxElements = options.maxElements ?? protocolLimits.xmlElements;
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
    if (isLetter(source.charCodeAt(this.#position + 1))) this.#startTag();
    else if (source.startsWith("</", this.#position)) this.#endTag();
    else if (source.startsWith("<!--", this.#position)) this.#skipPast("-->", 4);
    else if (source.startsWith("<![CDATA[", this.#position)) this.#characterData();
    else if (source.startsWith("<?", this.#position)) this.#skipPast("?>", 2);
    else if (source.startsWith("<!", this.#position)) throw malformed();
    else this.#startTag();
  }

  #startTag(): void {
    this.#position += 1;
    const plainName = this.#plainTag();
    const qualifiedName = plainName ?? this.#take(nameToken)[0];
    if (plainName === undefined) this.#attributes();
    const selfClosing = plainName === undefined && this.#take(tagEndToken)[1] === "/";
    if (this.#open.length >= this.#maxDepth) throw malformed();
    this.#elementCount += 1;
    if (this.#elementCount > this.#maxElements) throw malformed();
    if (this.#open.length === 0 && this.#root !== undefined) throw malformed();
    const name = qualifiedName.slice(qualifiedName.indexOf(":") + 1);
    this.#open.push({ qualifiedName, name, text: "", children: [] });
    if (selfClosing) this.#close();
  }

  /** Reads a tag of letters alone, as nearly all are, without patterns; undefined for any other. */
  #plainTag(): string | undefined {
    const start = this.#position;
    let end = start;
    while (isLetter(this.#source.charCodeAt(end))) end += 1;
    const isPlain = end > start && end - start <= protocolLimits.xmlNameUnits;
    if (!isPlain || this.#source.charCodeAt(end) !== tagEnd) return undefined;
    this.#position = end + 1;
    return this.#source.slice(start, end);
  }

  /** Only their form matters; `xmlns` and `xsi:type` say nothing that names do not. */
  #attributes(): void {
    for (;;) {
      const quote = this.#tryTake(attributeToken)?.[1];
      if (quote === undefined) return;
      const end = this.#source.indexOf(quote, this.#position);
      if (end === -1) throw malformed();
      const value = this.#source.slice(this.#position, end);
      if (value.includes("<")) throw malformed();
      resolveText(value);
      this.#position = end + 1;
    }
  }

  #endTag(): void {
    this.#position += 2;
    const plainName = this.#plainTag();
    const qualifiedName = plainName ?? this.#take(nameToken)[0];
    if (plainName === undefined && this.#take(tagEndToken)[1] === "/") throw malformed();
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
    current.text += this.#source.slice(start, end);
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

/** Of ASCII; NaN, behind the end of the text, is none. */
function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function resolveText(raw: string): string {
  return replaceReferences(raw, (name) => {
    if (name === undefined) throw malformed();
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

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

function textWithLines(text: string): string {
  return text.includes("\r") ? withLines(Buffer.from(text, "utf8")).toString("utf8") : text;
}

/**
 * CRLF and CR are LF in XML. Replaced in the bytes, where a million of them cost no more than as
 * many letters.
 */
function withLines(bytes: Uint8Array): Buffer {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!source.includes(carriageReturn)) return source;
  const target = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let index = 0; index < source.length; index += 1) {
    const byte = source[index] ?? 0;
    if (byte === lineFeed && source[index - 1] === carriageReturn) continue;
    target[length] = byte === carriageReturn ? lineFeed : byte;
    length += 1;
  }
  return target.subarray(0, length);
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
