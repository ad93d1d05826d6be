import type { TextForm } from "../../shapes/text-form.ts";
import {
  JsonSyntaxError,
  positionOf,
  readPositionedJson,
  type JsonNode,
  type JsonObject,
} from "./positioned-json.ts";

/** What is wrong in a JSON file, and where. */
export interface JsonFault {
  /** Such as `accounts[0].users[1].name`; empty for the document itself and for syntax. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** A sentence without its subject, such as `is missing`. */
  readonly problem: string;
}

type Fail = (fault: JsonFault) => never;

interface Source {
  readonly text: string;
  readonly fail: Fail;
}

/** Strict access to one JSON object's fields; every fault knows its path, line and column. */
export class JsonFields {
  readonly #source: Source;
  readonly #node: JsonObject;
  readonly #path: string;

  private constructor(source: Source, node: JsonObject, path: string) {
    this.#source = source;
    this.#node = node;
    this.#path = path;
  }

  static read(text: string, fail: Fail): JsonFields {
    try {
      return JsonFields.#of({ text, fail }, readPositionedJson(text), "");
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      return fail({
        path: "",
        ...positionOf(text, error.offset),
        problem: `is not valid JSON: ${error.message}`,
      });
    }
  }

  static #of(source: Source, node: JsonNode, path: string): JsonFields {
    if (node.kind === "object") return new JsonFields(source, node, path);
    const { line, column } = positionOf(source.text, node.offset);
    return source.fail({ path, line, column, problem: "must be an object, in braces" });
  }

  fault(field: string, problem: string): never {
    const node = this.#node.entries.get(field) ?? this.#node;
    return this.#source.fail({
      path: this.#pathOf(field),
      ...positionOf(this.#source.text, node.offset),
      problem,
    });
  }

  /** Faults on any other field. */
  allow(...names: readonly string[]): void {
    for (const name of this.#node.entries.keys()) {
      if (!names.includes(name)) {
        this.fault(name, `is unknown; known here are ${names.join(", ")}`);
      }
    }
  }

  names(): string[] {
    return [...this.#node.entries.keys()];
  }

  has(field: string): boolean {
    return this.#node.entries.has(field);
  }

  text(field: string, form: TextForm): string {
    const value = this.#scalar(field);
    if (typeof value !== "string" || !form.pattern.test(value)) {
      return this.fault(field, `must be a string of ${form.meaning}`);
    }
    return value;
  }

  /** A text that may not stand in `seen` yet. */
  unique(field: string, form: TextForm, seen: Set<string>): string {
    const value = this.text(field, form);
    if (seen.has(value)) this.fault(field, "repeats one given before");
    seen.add(value);
    return value;
  }

  /** ISO 8601 in UTC; kept as it stands. */
  date(field: string): string {
    const value = this.#scalar(field);
    if (
      typeof value !== "string" ||
      !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/.test(value) ||
      Number.isNaN(Date.parse(value))
    ) {
      return this.fault(field, "must be a time in UTC such as 2026-11-24T10:00:00Z");
    }
    return value;
  }

  oneOf<T extends string | number>(field: string, values: readonly T[]): T {
    const value = this.#scalar(field);
    const found = values.find((candidate) => candidate === value);
    return (
      found ?? this.fault(field, `must be ${values.map((v) => JSON.stringify(v)).join(" or ")}`)
    );
  }

  list(field: string): JsonFields[] {
    const node = this.#required(field);
    if (node.kind !== "array") return this.fault(field, "must be a list, in brackets");
    return node.items.map((item, index) =>
      JsonFields.#of(this.#source, item, `${this.#pathOf(field)}[${index}]`),
    );
  }

  optionalObject(field: string): JsonFields | undefined {
    const node = this.#node.entries.get(field);
    return node === undefined ? undefined : JsonFields.#of(this.#source, node, this.#pathOf(field));
  }

  #scalar(field: string): string | number | boolean | null | undefined {
    const node = this.#required(field);
    return node.kind === "scalar" ? node.value : undefined;
  }

  #required(field: string): JsonNode {
    return this.#node.entries.get(field) ?? this.fault(field, "is missing");
  }

  #pathOf(field: string): string {
    return this.#path === "" ? field : `${this.#path}.${field}`;
  }
}
