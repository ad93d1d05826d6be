import { closestName } from "../core/closest-name.ts";
import type { TextForm } from "./text-form.ts";
import type { DocumentFaults, DocumentPath } from "./document-faults.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Stands for a value with a fault in it. */
export const unfit: unique symbol = Symbol("unfit");

export type Read<T> = T | typeof unfit;

/** Where a value stands, and who hears of what is wrong with it. */
export interface Place {
  readonly path: DocumentPath;
  readonly faults: DocumentFaults;
}

/**
 * One definition of what a value may be, from which both come: its parser, and the JSON Schema that
 * editors go by. `read` tells all faults of a value to its place's `faults`.
 */
export interface Shape<T> {
  readonly schema: JsonSchema;
  read(value: unknown, place: Place): Read<T>;
}

export type ReadOf<S> = S extends Shape<infer T> ? T : never;

interface ObjectField<T, Mode extends "required" | "optional"> {
  readonly shape: Shape<T>;
  readonly mode: Mode;
  /** What stands for a field that is not given. */
  readonly fallback?: unknown;
}

export function required<T>(shape: Shape<T>): ObjectField<T, "required"> {
  return { shape, mode: "required" };
}

export function optional<T>(shape: Shape<T>): ObjectField<T, "optional"> {
  return { shape, mode: "optional" };
}

/** May be left out of the document, and has a value then; `document` is that value as it would stand there. */
export function defaulted<T>(shape: Shape<T>, document: unknown): ObjectField<T, "required"> {
  return { shape, mode: "required", fallback: document };
}

type Fields = Readonly<Record<string, ObjectField<unknown, "required" | "optional">>>;
type TypeOf<F> = F extends ObjectField<infer T, "required" | "optional"> ? T : never;

type ObjectOf<F extends Fields> = {
  readonly [K in keyof F as F[K]["mode"] extends "required" ? K : never]: TypeOf<F[K]>;
} & {
  readonly [K in keyof F as F[K]["mode"] extends "optional" ? K : never]?: TypeOf<F[K]>;
};

/** `reserved`: names that stand elsewhere, each with words about it. */
export function object<F extends Fields>(
  fields: F,
  description: string,
  reserved: Readonly<Record<string, string>> = {},
): Shape<ObjectOf<F>> {
  const entries = Object.entries(fields);
  const names = Object.keys(fields);
  return {
    schema: {
      description,
      type: "object",
      properties: Object.fromEntries(entries.map(([name, field]) => [name, schemaOf(field)])),
      required: entries.filter(([, field]) => isRequired(field)).map(([name]) => name),
      additionalProperties: false,
    },
    read: (value, place) => {
      if (!(value instanceof Map)) return wrongKind(place, "a mapping of names to values", value);
      const given = value as ReadonlyMap<string, unknown>;
      let fits = true;
      for (const name of given.keys()) {
        if (names.includes(name)) continue;
        fits = false;
        const why = Object.hasOwn(reserved, name) ? reserved[name] : undefined;
        place.faults.addAtName([...place.path, name], why ?? unknownName(name, names, place));
      }
      const read: Record<string, unknown> = {};
      for (const [name, field] of entries) {
        const found = readField(name, field, given, place);
        if (found === unfit) fits = false;
        else if (found !== undefined) read[name] = found;
      }
      return fits ? (read as ObjectOf<F>) : unfit;
    },
  };
}

function isRequired(field: ObjectField<unknown, "required" | "optional">): boolean {
  return field.mode === "required" && !("fallback" in field);
}

function schemaOf(field: ObjectField<unknown, "required" | "optional">): JsonSchema {
  if (!("fallback" in field)) return field.shape.schema;
  return { ...field.shape.schema, default: field.fallback };
}

function readField(
  name: string,
  field: ObjectField<unknown, "required" | "optional">,
  given: ReadonlyMap<string, unknown>,
  { path, faults }: Place,
): Read<unknown> {
  const place = { path: [...path, name], faults };
  if (given.has(name)) return field.shape.read(given.get(name), place);
  if ("fallback" in field) return field.shape.read(treeOf(field.fallback), place);
  if (field.mode === "optional") return undefined;
  faults.add(path, `lacks ${name}`);
  return unfit;
}

function unknownName(name: string, known: readonly string[], { faults }: Place): string {
  // Ten thousand names would be compared with all known ones for nothing.
  if (faults.isFull) return "is unknown here";
  return `is unknown here; ${hintFor(name, known)}`;
}

/** The nearest of the known names, or all of them. */
export function hintFor(name: string, known: readonly string[]): string {
  const nearest = name.length > 128 ? undefined : closestName(name, known);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  return known.length === 0 ? "there is none" : `known are ${known.slice(0, 20).join(", ")}`;
}

/** Values by name. `ignoreCase`: no two names may differ in nothing but case, as in IAM. */
export function named<T>(
  form: TextForm,
  shape: Shape<T>,
  description: string,
  { most, ignoreCase = false }: { readonly most: number; readonly ignoreCase?: boolean },
): Shape<ReadonlyMap<string, T>> {
  return {
    schema: {
      description,
      type: "object",
      propertyNames: { pattern: form.pattern.source },
      additionalProperties: shape.schema,
      maxProperties: most,
    },
    read: (value, place) => {
      if (!(value instanceof Map)) return wrongKind(place, "a mapping of names to values", value);
      const read = new Map<string, T>();
      const seen = new Set<string>();
      let fits = checkCount(value.size, most, place);
      for (const [name, item] of value as ReadonlyMap<string, unknown>) {
        const path = [...place.path, name];
        const folded = ignoreCase ? name.toLowerCase() : name;
        if (!form.pattern.test(name)) {
          place.faults.addAtName(path, `is no name for this; it takes ${form.meaning}`);
          fits = false;
        } else if (seen.has(folded)) {
          place.faults.addAtName(path, "differs from a name before it in nothing but case");
          fits = false;
        }
        seen.add(folded);
        const found = shape.read(item, { ...place, path });
        if (found === unfit) fits = false;
        else read.set(name, found);
      }
      return fits ? read : unfit;
    },
  };
}

export function list<T>(
  shape: Shape<T>,
  description: string,
  { most, unique = false }: { readonly most: number; readonly unique?: boolean },
): Shape<readonly T[]> {
  return {
    schema: {
      description,
      type: "array",
      items: shape.schema,
      maxItems: most,
      ...(unique && { uniqueItems: true }),
    },
    read: (value, place) => {
      if (!Array.isArray(value)) return wrongKind(place, "a list", value);
      let fits = checkCount(value.length, most, place);
      const read: T[] = [];
      for (const [index, item] of value.entries()) {
        const path = [...place.path, index];
        const found = shape.read(item, { ...place, path });
        if (found === unfit) fits = false;
        else if (unique && read.includes(found)) {
          place.faults.add(path, "stands in this list already");
          fits = false;
        } else read.push(found);
      }
      return fits ? read : unfit;
    },
  };
}

function checkCount(count: number, most: number, { path, faults }: Place): boolean {
  if (count <= most) return true;
  faults.add(path, `has ${count} entries; ${most} are allowed`);
  return false;
}

export function text(form: TextForm, description: string): Shape<string> {
  return {
    schema: { description, type: "string", pattern: form.pattern.source },
    read: (value, place) => {
      if (typeof value === "number" || typeof value === "boolean") {
        place.faults.add(place.path, "must be a text; put it in quotes");
        return unfit;
      }
      if (typeof value === "string" && form.pattern.test(value)) return value;
      return wrongKind(place, `a text of ${form.meaning}`, value);
    },
  };
}

export function whole(from: number, to: number, description: string): Shape<number> {
  return {
    schema: { description, type: "integer", minimum: from, maximum: to },
    read: (value, place) => {
      if (Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to) {
        return Number(value);
      }
      return wrongKind(place, `a whole number from ${from} to ${to}`, value);
    },
  };
}

export function flag(description: string): Shape<boolean> {
  return {
    schema: { description, type: "boolean" },
    read: (value, place) =>
      typeof value === "boolean" ? value : wrongKind(place, "true or false", value),
  };
}

export function oneOf<const T extends string | number>(
  values: readonly T[],
  description: string,
): Shape<T> {
  return {
    schema: { description, enum: values },
    read: (value, place) => {
      const found = values.find((candidate) => candidate === value);
      if (found !== undefined) return found;
      const known = values.map(String);
      const hint = typeof value === "string" ? closestName(value.slice(0, 64), known) : undefined;
      const problem = `must be ${values.join(" or ")}`;
      place.faults.add(place.path, hint === undefined ? problem : `${problem}; ${hint}?`);
      return unfit;
    },
  };
}

/** Never repeats the value, which may be a secret. */
function wrongKind({ path, faults }: Place, wanted: string, value: unknown): typeof unfit {
  const kind = kindOf(value);
  const isTold = kind === "a text" || (kind === "a number" && wanted.includes("number"));
  faults.add(path, isTold ? `must be ${wanted}` : `must be ${wanted}, not ${kind}`);
  return unfit;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (value instanceof Map) return "a mapping";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

/** A plain value as documents are read: objects as maps, so that no name is special. */
export function treeOf(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, treeOf);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([name, item]) => [name, treeOf(item)]));
}

/** The plain value of a tree; no name in it is special. */
export function valueOf(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(valueOf);
  if (!(tree instanceof Map)) return tree;
  const members = [...(tree as ReadonlyMap<string, unknown>)];
  return Object.fromEntries(members.map(([name, item]) => [name, valueOf(item)]));
}
