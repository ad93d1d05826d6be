/** A JSON value that knows where it stands, so that a fault in a settings file can be shown. */
export type JsonNode = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: "object";
  readonly offset: number;
  readonly entries: ReadonlyMap<string, JsonNode>;
}

interface JsonArray {
  readonly kind: "array";
  readonly offset: number;
  readonly items: readonly JsonNode[];
}

interface JsonScalar {
  readonly kind: "scalar";
  readonly offset: number;
  readonly value: string | number | boolean | null;
}

/** Messages never quote the text, which may hold secrets. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const space = /[ \t\n\r]*/y;
const scalarToken =
  /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const maxDepth = 32;

/** RFC 8259, and a name given twice in one object is an error. Throws JsonSyntaxError. */
export function readPositionedJson(text: string): JsonNode {
  const reader = new Reader(text);
  const root = reader.value(0);
  reader.end();
  return root;
}

/** Line and column, both from 1. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

class Reader {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonNode {
    this.#skipSpace();
    if (depth > maxDepth) this.#fail(`Values are nested deeper than ${maxDepth} levels`);
    const next = this.#text[this.#offset];
    if (next === "{") return this.#object(depth);
    if (next === "[") return this.#array(depth);
    return this.#scalar();
  }

  end(): void {
    this.#skipSpace();
    if (this.#offset < this.#text.length) this.#fail("Something follows the end of the document");
  }

  #object(depth: number): JsonObject {
    const offset = this.#offset++;
    const entries = new Map<string, JsonNode>();
    if (this.#take("}")) return { kind: "object", offset, entries };
    do {
      this.#skipSpace();
      const nameOffset = this.#offset;
      const name = this.#scalar().value;
      if (typeof name !== "string") this.#fail("A name in double quotes is expected", nameOffset);
      if (entries.has(name)) this.#fail("A name stands twice in one object", nameOffset);
      if (!this.#take(":")) this.#fail("A colon is expected");
      entries.set(name, this.value(depth + 1));
    } while (this.#take(","));
    if (!this.#take("}")) this.#fail("A comma or a closing brace is expected");
    return { kind: "object", offset, entries };
  }

  #array(depth: number): JsonArray {
    const offset = this.#offset++;
    const items: JsonNode[] = [];
    if (this.#take("]")) return { kind: "array", offset, items };
    do {
      items.push(this.value(depth + 1));
    } while (this.#take(","));
    if (!this.#take("]")) this.#fail("A comma or a closing bracket is expected");
    return { kind: "array", offset, items };
  }

  #scalar(): JsonScalar {
    const offset = this.#offset;
    scalarToken.lastIndex = offset;
    const token = scalarToken.exec(this.#text)?.[0];
    if (token === undefined) {
      this.#fail(offset >= this.#text.length ? "The document ends early" : "A value is expected");
    }
    this.#offset += token.length;
    try {
      return { kind: "scalar", offset, value: JSON.parse(token) as JsonScalar["value"] };
    } catch {
      return this.#fail("A string holds an unknown escape or a line break", offset);
    }
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#offset] !== character) return false;
    this.#offset++;
    return true;
  }

  #skipSpace(): void {
    space.lastIndex = this.#offset;
    this.#offset += space.exec(this.#text)?.[0].length ?? 0;
  }

  #fail(message: string, offset = this.#offset): never {
    throw new JsonSyntaxError(message, offset);
  }
}
