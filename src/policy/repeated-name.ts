import { elementsOf, membersOf, type Span } from "./statement-spans.ts";

/** Document, list of statements, statement, Condition, operator; below them there are values alone. */
const depthOfNames = 5;

/**
 * A name that stands twice in one object of a policy. JSON.parse keeps the last of them, so that a
 * condition could get lost that everybody reads. `text` must be valid JSON, an object. Source: IAM User
 * Guide, "Grammar of the IAM JSON policy language" (no element may hold a key twice).
 */
export function findRepeatedName(text: string): string | undefined {
  return findIn(text, { start: text.indexOf("{"), end: text.length }, depthOfNames);
}

function findIn(text: string, value: Span, depth: number): string | undefined {
  const first = depth === 0 ? undefined : text[value.start];
  if (first === "[") {
    return firstOf(elementsOf(text, value), (element) => findIn(text, element, depth - 1));
  }
  if (first !== "{") return undefined;
  const members = membersOf(text, value);
  const seen = new Set<string>();
  for (const { name } of members) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return firstOf(members, (member) => findIn(text, member.value, depth - 1));
}

function firstOf<T>(
  items: readonly T[],
  find: (item: T) => string | undefined,
): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
