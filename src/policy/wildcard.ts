/** Any run of characters, also none. */
const anyRun = 0;
/** Exactly one character. */
const anyOne = 1;

/** A pattern taken apart, so that text put in for a variable is never read as a wildcard. */
export type Glob = readonly (string | typeof anyRun | typeof anyOne)[];

/** Gives a variable's value; undefined when the request does not carry the key. */
export type ResolveVariable = (key: string) => string | undefined;

/**
 * Takes a pattern apart. `*` and `?` are wildcards; with `resolve`, `${key}`, `${key, 'default'}` and
 * the escapes `${*}`, `${?}`, `${$}` are put in. Undefined when a variable has no value.
 */
export function compileGlob(pattern: string, resolve?: ResolveVariable): Glob | undefined {
  const glob: (string | typeof anyRun | typeof anyOne)[] = [];
  let position = 0;
  while (position < pattern.length) {
    const variable = resolve === undefined ? undefined : readVariable(pattern, position);
    if (variable !== undefined && resolve !== undefined) {
      const value = variable.literal ?? resolve(variable.name) ?? variable.fallback;
      if (value === undefined) return undefined;
      glob.push(...Array.from(value));
      position = variable.end;
      continue;
    }
    const symbol = String.fromCodePoint(pattern.codePointAt(position) ?? 0);
    if (symbol === "*") glob.push(anyRun);
    else if (symbol === "?") glob.push(anyOne);
    else glob.push(symbol);
    position += symbol.length;
  }
  return glob;
}

interface Variable {
  readonly name: string;
  readonly literal: string | undefined;
  readonly fallback: string | undefined;
  readonly end: number;
}

function readVariable(pattern: string, start: number): Variable | undefined {
  if (!pattern.startsWith("${", start)) return undefined;
  const close = pattern.indexOf("}", start);
  if (close === -1) return undefined;
  const inner = pattern.slice(start + 2, close);
  const literal = inner === "*" || inner === "?" || inner === "$" ? inner : undefined;
  const [, name = inner.trim(), fallback] = /^\s*([^,]+?)\s*,\s*'(.*)'\s*$/.exec(inner) ?? [];
  return { name, literal, fallback, end: close + 1 };
}

/** Greedy with one point to go back to, so that no pattern takes exponential time. */
export function globMatches(glob: Glob, text: string): boolean {
  const symbols = Array.from(text);
  let at = 0;
  let next = 0;
  let star = -1;
  let starAt = 0;
  while (at < symbols.length) {
    const wanted = glob[next];
    if (wanted === anyRun) {
      star = next;
      starAt = at;
      next += 1;
    } else if (wanted !== undefined && (wanted === anyOne || wanted === symbols[at])) {
      at += 1;
      next += 1;
    } else if (star !== -1) {
      next = star + 1;
      starAt += 1;
      at = starAt;
    } else {
      return false;
    }
  }
  while (glob[next] === anyRun) next += 1;
  return next === glob.length;
}

/** Whether `text` fits `pattern`, without variables. */
export function matchesPattern(
  pattern: string,
  text: string,
  options: { readonly ignoreCase?: boolean } = {},
): boolean {
  const fold = (value: string) => (options.ignoreCase === true ? value.toLowerCase() : value);
  if (!/[*?]/.test(pattern)) return fold(pattern) === fold(text);
  return globMatches(compileGlob(fold(pattern)) ?? [], fold(text));
}

/** The six parts of an ARN are compared one by one, so `*` does not cross a colon between them. */
export function arnGlobMatches(glob: Glob, arn: string): boolean {
  if (glob.length === 1 && glob[0] === anyRun) return true;
  const patterns = splitGlob(glob, arnParts);
  const texts = splitArn(arn);
  return (
    patterns.length === texts.length &&
    patterns.every((pattern, index) => globMatches(pattern, texts[index] ?? ""))
  );
}

const arnParts = 6;

function splitGlob(glob: Glob, parts: number): Glob[] {
  const split: (string | typeof anyRun | typeof anyOne)[][] = [[]];
  for (const symbol of glob) {
    if (symbol === ":" && split.length < parts) split.push([]);
    else split.at(-1)?.push(symbol);
  }
  return split;
}

/** `arn:partition:service:region:account:resource`, the resource with its own colons. */
export function splitArn(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length <= arnParts
    ? parts
    : [...parts.slice(0, arnParts - 1), parts.slice(arnParts - 1).join(":")];
}
