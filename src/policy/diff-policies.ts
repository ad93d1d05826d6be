import { sameStatement, type StatementDocument } from "./compare-statements.ts";

/** What is different about one statement. */
export interface StatementDifference {
  /** `only-first`, `only-second`: it is not in the other. */
  readonly state: "only-first" | "only-second" | "changed";
  /** The Sid, else `statement 2` of the policy it is in, the first where it is in both. */
  readonly name: string;
  readonly first: StatementDocument | undefined;
  readonly second: StatementDocument | undefined;
  /** Of a changed one: what went and what came, element by element. */
  readonly elements: readonly ElementDifference[];
}

interface ElementDifference {
  /** `Action`, `Principal.AWS`, `Condition.StringEquals.aws:SourceVpc` */
  readonly element: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/**
 * What two policies differ in by meaning: order, repetition, spelling, and a lone value or a list of one
 * make no difference. Statements belong together by meaning first, then by their Sid.
 */
export function diffPolicies(
  first: readonly StatementDocument[],
  second: readonly StatementDocument[],
): readonly StatementDifference[] {
  const others = new Set(second.keys());
  const unmatched: number[] = [];
  for (const [index, statement] of first.entries()) {
    const same = [...others].find((other) => sameMeaning(statement, second[other]));
    if (same === undefined) unmatched.push(index);
    else others.delete(same);
  }
  const differences: StatementDifference[] = unmatched.map((index) => {
    const own = first[index];
    const sid = sidOf(own);
    const twin = [...others].find((other) => sid !== undefined && sidOf(second[other]) === sid);
    const name = sid ?? `statement ${index + 1}`;
    if (twin === undefined) {
      return { state: "only-first", name, first: own, second: undefined, elements: [] };
    }
    others.delete(twin);
    const other = second[twin];
    return { state: "changed", name, first: own, second: other, elements: elementsOf(own, other) };
  });
  const added = [...others].map((index): StatementDifference => {
    const name = sidOf(second[index]) ?? `statement ${index + 1}`;
    return { state: "only-second", name, first: undefined, second: second[index], elements: [] };
  });
  return [...differences, ...added];
}

function sameMeaning(one: StatementDocument, other: StatementDocument | undefined): boolean {
  return other !== undefined && sameStatement(one, other) && sidOf(one) === sidOf(other);
}

function sidOf(statement: StatementDocument | undefined): string | undefined {
  const sid = statement?.["Sid"];
  return typeof sid === "string" && sid !== "" ? sid : undefined;
}

function elementsOf(
  first: StatementDocument | undefined,
  second: StatementDocument | undefined,
): ElementDifference[] {
  const [before, after] = [valuesOf(first), valuesOf(second)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((element) => {
    const [old, fresh] = [before.get(element) ?? empty, after.get(element) ?? empty];
    const removed = [...old].flatMap(([value, shown]) => (fresh.has(value) ? [] : [shown]));
    const added = [...fresh].flatMap(([value, shown]) => (old.has(value) ? [] : [shown]));
    return removed.length + added.length === 0 ? [] : [{ element, removed, added }];
  });
}

/** Of one element: what is compared, and how it was written. */
type Values = ReadonlyMap<string, string>;

const empty: Values = new Map();

function valuesOf(statement: StatementDocument | undefined): ReadonlyMap<string, Values> {
  const found = new Map<string, Values>();
  for (const [name, value] of Object.entries(statement ?? {})) {
    if (name === "Condition") addConditions(found, value);
    else if (/^(?:Not)?Principal$/.test(name)) addPrincipals(found, name, value);
    else found.set(name, listOf(value, /^(?:Not)?Action$/.test(name) ? lower : asIs));
  }
  return found;
}

function addPrincipals(found: Map<string, Values>, name: string, value: unknown): void {
  const types = isObject(value) ? Object.entries(value) : [["AWS", value] as const];
  for (const [type, listed] of types) found.set(`${name}.${type}`, listOf(listed, account));
}

function addConditions(found: Map<string, Values>, block: unknown): void {
  if (!isObject(block)) return;
  for (const [operator, keys] of Object.entries(block)) {
    if (!isObject(keys)) continue;
    for (const [key, values] of Object.entries(keys)) {
      found.set(`Condition.${operator}.${key.toLowerCase()}`, listOf(values, asIs));
    }
  }
}

function listOf(value: unknown, fold: (text: string) => string): Values {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return new Map(texts.map((text) => [fold(text), text]));
}

const asIs = (text: string): string => text;
const lower = (text: string): string => text.toLowerCase();
const account = (text: string): string => /^arn:[^:]+:iam::(\d{12}):root$/.exec(text)?.[1] ?? text;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
