import type { XmlElement } from "../xml/parse.ts";
import { element, type XmlNode } from "../xml/render.ts";
import { malformed } from "./read-element.ts";

/**
 * Who reads. S3 checks what it is sent against its schema: an element that it does not know, or one
 * too many, makes the whole document MalformedXML, since dropping it would drop a setting that
 * somebody counts on. Who reads an answer (`unknown` is there) must get on with documents newer than
 * this version: names that nobody knows here go into `unknown`, and what is missing is missing.
 */
export interface Reader {
  readonly unknown?: Set<string>;
}

export interface UnknownProperty {
  /** Such as `.Rules[0]`. */
  readonly place: string;
  readonly name: string;
  /** The property that differs in case alone. */
  readonly meant: string | undefined;
}

/** One property of a structure: any number of elements of one name. */
export interface Member<Value> {
  /** Default: the property's own name. */
  readonly element?: string;
  read(found: readonly XmlElement[], reader: Reader): Value | undefined;
  write(name: string, value: Value): readonly XmlNode[];
  findUnknown(value: Value): UnknownProperty | undefined;
}

/** One element; as a member it may be absent. */
export interface Shape<Value> extends Member<Value> {
  /** Undefined: as good as absent. Throws S3Error MalformedXML. */
  parse(found: XmlElement, reader: Reader): Value | undefined;
  render(name: string, value: Value): XmlNode;
}

type ShapeParts<Value> = Pick<Shape<Value>, "parse" | "render" | "findUnknown">;

function shape<Value>(parts: ShapeParts<Value>): Shape<Value> {
  return {
    ...parts,
    read: ([first, ...others], reader) => {
      if (others.length > 0 && reader.unknown === undefined) throw malformed();
      return first === undefined ? undefined : parts.parse(first, reader);
    },
    write: (name, value) => [parts.render(name, value)],
  };
}

/** An element around a text. `render` default: as it is. */
export function scalar<Value extends string | number | boolean>(
  parse: (text: string, reader: Reader) => Value | undefined,
  render: (value: Value) => string = String,
): Shape<Value> {
  return shape({
    parse: (found, reader) => parse(found.text, reader),
    render: (name, value) => element(name, render(value)),
    findUnknown: () => undefined,
  });
}

export function required<Value>(member: Member<Value>): Member<Value> {
  return {
    ...member,
    read: (found, reader) => {
      const value = member.read(found, reader);
      if (value === undefined && reader.unknown === undefined) throw malformed();
      return value;
    },
  };
}

/** Elements of one name, side by side; undefined when there is none. */
export function list<Value>(item: Shape<Value>, name: string): Member<readonly Value[]> {
  return {
    element: name,
    read: (found, reader) => {
      const values = found.map((entry) => item.parse(entry, reader));
      const kept = values.filter((value) => value !== undefined);
      return kept.length === 0 ? undefined : kept;
    },
    write: (_, values) => values.map((value) => item.render(name, value)),
    findUnknown: (values) => {
      if (!Array.isArray(values)) return undefined;
      for (const [index, value] of values.entries()) {
        const found = item.findUnknown(value);
        if (found !== undefined) return { ...found, place: `[${index}]${found.place}` };
      }
      return undefined;
    },
  };
}

type Members<Value> = {
  readonly [Name in keyof Value]-?: Member<Exclude<Value[Name], undefined>>;
};

/** An element with others inside, written in the order of `members`. */
export function structure<Value extends object>(members: Members<Value>): Shape<Value> {
  const known = Object.entries<Member<unknown>>(members).map(
    ([name, member]) => [name, member.element ?? name, member] as const,
  );
  const elements = new Set(known.map(([, name]) => name));
  const memberOf = new Map(known.map(([name, , member]) => [name, member]));
  return shape<Value>({
    parse: (found, reader) => {
      for (const { name } of found.children) {
        if (elements.has(name)) continue;
        if (reader.unknown === undefined) throw malformed();
        reader.unknown.add(name);
      }
      const entries = known.map(([name, elementName, member]) => {
        const children = found.children.filter((child) => child.name === elementName);
        return [name, member.read(children, reader)];
      });
      // In what was sent, every member that is `required` has been found; in an answer, whatever
      // came is taken.
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Value;
    },
    render: (name, value) =>
      element(
        name,
        known.flatMap(([property, elementName, member]) => {
          const inner: unknown = value[property as keyof Value];
          return inner === undefined ? [] : member.write(elementName, inner);
        }),
      ),
    findUnknown: (value) => {
      if (typeof value !== "object" || value === null) return undefined;
      for (const [name, inner] of Object.entries(value)) {
        const member = memberOf.get(name);
        if (member === undefined) return { place: "", name, meant: sameLetters(name, memberOf) };
        const found = inner === undefined ? undefined : member.findUnknown(inner);
        if (found !== undefined) return { ...found, place: `.${name}${found.place}` };
      }
      return undefined;
    },
  });
}

function sameLetters(name: string, known: ReadonlyMap<string, unknown>): string | undefined {
  return [...known.keys()].find((other) => other.toLowerCase() === name.toLowerCase());
}
