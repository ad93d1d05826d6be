import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { documentLimits } from "../core/document-limits.ts";
import type { DocumentFault, DocumentFaults, DocumentPath } from "./document-faults.ts";

/** A document of YAML or JSON: its value, and where the parts of it stand in its text. */
export interface ShapedDocument {
  /** Mappings are Maps with texts as keys, lists arrays. Undefined: it has faults. */
  readonly tree: unknown;
  /** Line and column from 1. */
  readonly locate: (fault: DocumentFault) => { readonly line: number; readonly column: number };
}

/** Reads YAML 1.2, of which JSON is a part. Tells of faults and never throws for what a text holds. */
export function readDocument(text: string, faults: DocumentFaults): ShapedDocument {
  const lines = new LineCounter();
  const locate = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parse(text, lines);
  // Those after the first tend to follow from it.
  const [error] = document?.errors ?? [];
  if (document === undefined || error?.message.startsWith(outOfStack) === true) {
    faults.add([], `is nested deeper than ${documentLimits.depth} levels`);
    return { tree: undefined, locate: () => locate(0) };
  }
  if (error !== undefined) {
    const problem = `is no YAML: ${error.message.replace(/\.$/, "")}`;
    faults.put({ path: [], atName: false, problem, offset: error.pos[0] });
  }
  const sound = error === undefined;
  return {
    tree: sound ? new TreeReader(document, faults).read() : undefined,
    locate: (fault) => locate(fault.offset ?? offsetOf(document, fault)),
  };
}

/** What Node says of a recursion without end; the parser makes a fault of the document of it. */
const outOfStack = "Maximum call stack";

/** Undefined: nested so deeply that the parser gave up. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      logLevel: "silent",
      // Looked for below: the parser compares each name with all before it.
      uniqueKeys: false,
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The plain value of a document's nodes, bounded however often aliases repeat them. */
class TreeReader {
  readonly #document: Document.Parsed;
  readonly #faults: DocumentFaults;
  readonly #open = new Set<Node>();
  #values = 0;
  #aliases = 0;
  #failed = false;

  constructor(document: Document.Parsed, faults: DocumentFaults) {
    this.#document = document;
    this.#faults = faults;
  }

  /** Undefined: with faults. */
  read(): unknown {
    const tree = this.#read(this.#document.contents, []);
    return this.#failed ? undefined : tree;
  }

  #read(node: unknown, path: DocumentPath): unknown {
    if (this.#failed) return undefined;
    this.#values += 1;
    if (this.#values > documentLimits.values) {
      const more = `has more than ${documentLimits.values} values, those counted that aliases repeat`;
      return this.#fail([], more);
    }
    if (path.length > documentLimits.depth) {
      return this.#fail(path, `is nested deeper than ${documentLimits.depth} levels`);
    }
    const target = isAlias(node) ? this.#resolve(node, path) : node;
    if (isScalar(target)) return target.value;
    return isMap(target) || isSeq(target) ? this.#collection(target, path) : null;
  }

  #resolve(alias: Alias, path: DocumentPath): unknown {
    this.#aliases += 1;
    if (this.#aliases > documentLimits.aliases) {
      return this.#fail(path, `is an alias too many; ${documentLimits.aliases} are allowed`);
    }
    return alias.resolve(this.#document) ?? this.#fail(path, "is an alias of nothing before it");
  }

  #collection(target: YAMLMap | YAMLSeq, path: DocumentPath): unknown {
    if (this.#open.has(target)) return this.#fail(path, "is an alias of what it stands in itself");
    this.#open.add(target);
    const tree = isMap(target)
      ? this.#mapping(target.items, path)
      : target.items.map((item, index) => this.#read(item, [...path, index]));
    this.#open.delete(target);
    return tree;
  }

  #mapping(
    items: readonly { readonly key: unknown; readonly value: unknown }[],
    path: DocumentPath,
  ): ReadonlyMap<string, unknown> {
    const map = new Map<string, unknown>();
    for (const { key, value } of items) {
      const name = nameOf(key);
      if (name === undefined) this.#fail(path, "has a name that is no text");
      else if (map.has(name)) this.#fail([...path, name], "is a name that stands here twice", true);
      else map.set(name, this.#read(value, [...path, name]));
    }
    return map;
  }

  #fail(path: DocumentPath, problem: string, atName = false): undefined {
    this.#failed = true;
    this.#faults.put({ path, atName, problem });
  }
}

/** As it stands in the text: an account id without quotes is a number to YAML, and may start with 0. */
function nameOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

/** Where the value stands that a path leads to, or its name, or the last that is there on the way. */
function offsetOf(document: Document.Parsed, { path, atName }: DocumentFault): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const found = partOf(node, step);
    if (found === undefined) return offset;
    const isName = atName && index === path.length - 1;
    offset = startOf(isName ? found.key : found.value) ?? startOf(found.key) ?? offset;
    node = found.value;
  }
  return offset;
}

/** Undefined: there is no such part. An empty value stands nowhere. */
function partOf(node: unknown, step: string | number) {
  if (isSeq(node) && typeof step === "number") return { key: undefined, value: node.items[step] };
  const pair = isMap(node) ? node.items.findLast(({ key }) => nameOf(key) === step) : undefined;
  if (pair === undefined) return undefined;
  const isEmpty = isScalar(pair.value) && pair.value.value === null;
  return { key: pair.key, value: isEmpty ? undefined : pair.value };
}

function startOf(node: unknown): number | undefined {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0];
  return undefined;
}
