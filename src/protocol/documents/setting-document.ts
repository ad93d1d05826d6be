import { parseXml } from "../xml/parse.ts";
import type { XmlNode } from "../xml/render.ts";
import { graftUnknown } from "./graft-unknown.ts";
import { malformed } from "./read-element.ts";
import type { Shape, UnknownProperty } from "./shape.ts";

/** A header's value by its name in lower case. */
export type HeaderReader = (name: string) => string | undefined;

/** How a setting is written on the wire, for both ends. */
export interface SettingDocument<Document> {
  /** What was sent to S3. Throws S3Error for all that S3 refuses in its form. */
  parse(bytes: Uint8Array | string, header?: HeaderReader): Document;
  /** What a store answered. Throws S3Error MalformedXML for what is no such document. */
  parseAnswer(text: string, header?: HeaderReader): AnsweredDocument<Document>;
  /** Text is JSON. */
  render(document: Document): XmlNode | string;
  /**
   * As `render`, with what a store's earlier answer held and this version does not know. Undefined where a
   * part of that has no place any more, or cannot be written again.
   */
  renderOver(document: Document, answer: string): XmlNode | undefined;
  /** What stands in headers of request and answer instead of the document. */
  headersOf(document: Document): Readonly<Record<string, string>>;
  /** A property that `render` would leave out without a word. */
  findUnknown(document: Document): UnknownProperty | undefined;
}

export interface AnsweredDocument<Document> {
  /** Undefined: not set. */
  readonly document: Document | undefined;
  /** Elements that this version does not know; writing the document back would delete them. */
  readonly unknown: readonly string[];
}

export interface XmlDocument<Document> extends SettingDocument<Document> {
  render(document: Document): XmlNode;
}

export interface XmlDocumentParts<Wire, Document> {
  readonly root: string;
  /** What other stores write instead. */
  readonly otherRoots?: readonly string[];
  readonly shape: Shape<Wire>;
  /** Refuses what S3 does not take although its form is right. Throws S3Error. */
  judge?(sent: Wire): void;
  /** Undefined: not set. In an answer even what is required may be missing. */
  fromWire(wire: Wire): Document | undefined;
  toWire(document: Document): Wire;
  /** Names of the headers by the property that they hold. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A document in XML. `Wire` is its form there, `Document` the form that the rest of the code uses.
 */
export function xmlDocument<Wire extends object, Document>(
  parts: XmlDocumentParts<Wire, Document>,
): XmlDocument<Document> {
  const { root, otherRoots = [], shape } = parts;
  const headers = Object.entries(parts.headers ?? {});
  const fromWire = (wire: Wire, header: HeaderReader): Document | undefined => {
    const document = parts.fromWire(wire);
    const values = headers.map(([property, name]) => [property, header(name)]);
    const given = values.filter(([, value]) => value !== undefined);
    return given.length === 0 ? document : { ...document, ...Object.fromEntries(given) };
  };
  const toWire = (document: Document): Wire =>
    parts.toWire(headers.length === 0 ? document : withoutProperties(document, parts.headers));
  return {
    parse: (bytes, header = noHeader) => {
      const wire = shape.parse(parseXml(bytes, { root }), {});
      if (wire === undefined) throw malformed();
      parts.judge?.(wire);
      const document = fromWire(wire, header);
      if (document === undefined) throw malformed();
      return document;
    },
    parseAnswer: (text, header = noHeader) => {
      const found = parseXml(text);
      if (found.name !== root && !otherRoots.includes(found.name)) throw malformed();
      const unknown = new Set<string>();
      const wire = shape.parse(found, { unknown });
      const document = wire === undefined ? undefined : fromWire(wire, header);
      return { document, unknown: [...unknown] };
    },
    render: (document) => shape.render(root, toWire(document)),
    renderOver: (document, answer) => {
      const raw = parseXml(answer);
      const wire = shape.parse(raw, { unknown: new Set() });
      // Attributes are not read, so that what has any could not be written as it was.
      const hasAttributes = /<[^\s<>?!/]+\s+(?!xmlns)[^<>]*=/.test(answer);
      if (wire === undefined || hasAttributes) return undefined;
      const next = shape.render(root, toWire(document));
      return graftUnknown({ raw, known: shape.render(root, wire), next });
    },
    headersOf: (document) =>
      Object.fromEntries(
        headers.flatMap(([property, name]) => {
          const value: unknown = document[property as keyof Document];
          return typeof value === "string" ? [[name, value]] : [];
        }),
      ),
    findUnknown: (document) => shape.findUnknown(toWire(document)),
  };
}

function noHeader(): undefined {
  return undefined;
}

function withoutProperties<Document>(document: Document, names: object = {}): Document {
  const entries = Object.entries(document as object).filter(([name]) => !(name in names));
  return Object.fromEntries(entries) as Document;
}

/** For documents whose form in XML is the one that the rest of the code uses. */
export function same<Value>(value: Value): Value {
  return value;
}
