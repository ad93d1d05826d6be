/** A piece of a JSON text, `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface StatementSpans {
  /** The whole value of `Statement`, a list or one object. */
  readonly value: Span;
  readonly statements: readonly Span[];
}

/**
 * Where the statements of a policy stand in its text, so that those of others can be carried over
 * letter by letter; parsing and printing again would lose large numbers, repeated names and layout.
 * `text` must be valid JSON, an object with `Statement`. Of repeated names the last counts, as in
 * JSON.parse. Undefined when there is no `Statement`.
 */
export function findStatementSpans(text: string): StatementSpans | undefined {
  const members = membersOf(text, { start: text.indexOf("{"), end: text.length });
  const value = members.findLast((member) => member.name === "Statement")?.value;
  if (value === undefined) return undefined;
  const statements = text[value.start] === "[" ? elementsOf(text, value) : [value];
  return { value, statements };
}

/** The members of an object, repeated names included. */
export function membersOf(text: string, object: Span): { name: string; value: Span }[] {
  const members: { name: string; value: Span }[] = [];
  let at = skipSpace(text, object.start + 1);
  while (text[at] === '"') {
    const nameEnd = endOfValue(text, at);
    const name = String(JSON.parse(text.slice(at, nameEnd)));
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = endOfValue(text, start);
    members.push({ name, value: { start, end } });
    at = afterComma(text, end);
  }
  return members;
}

export function elementsOf(text: string, list: Span): Span[] {
  const elements: Span[] = [];
  let start = skipSpace(text, list.start + 1);
  while (start < list.end - 1) {
    const end = endOfValue(text, start);
    elements.push({ start, end });
    start = afterComma(text, end);
  }
  return elements;
}

function afterComma(text: string, at: number): number {
  const next = skipSpace(text, at);
  return text[next] === "," ? skipSpace(text, next + 1) : next;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (/[ \t\r\n]/.test(text[next] ?? "")) next += 1;
  return next;
}

/** The end of the value that starts at `start`: brackets are counted, strings passed over. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const symbol = text[at];
    if (symbol === '"') at = endOfString(text, at);
    else if (symbol === "{" || symbol === "[") [depth, at] = [depth + 1, at + 1];
    else if (symbol === "}" || symbol === "]") [depth, at] = [depth - 1, at + 1];
    else at = endOfPlain(text, at);
    if (depth === 0) return at;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Numbers, words, space and separators; these last only matter at depth above zero. */
function endOfPlain(text: string, start: number): number {
  const separator = /[,:{}[\]"]/;
  if (separator.test(text[start] ?? "")) return start + 1;
  let at = start;
  while (at < text.length && !separator.test(text[at] ?? "")) at += 1;
  return at;
}
