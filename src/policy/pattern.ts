import type { ContextLookup } from "./request.ts";
import { anyOne, anyRun, type Matcher, type Token } from "./wildcard.ts";

/** A text of a policy that may hold variables, compiled once. */
export interface Pattern {
  /** Condition keys whose values it puts in, in lower case. */
  readonly keys: readonly string[];
  /** False when a variable has no value: such a pattern equals nothing and is like nothing. */
  matches(text: string, lookup: ContextLookup): boolean;
}

export interface PatternOptions {
  /** A policy of 2008-10-17 has none: `${` is plain text there. */
  readonly variables: boolean;
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  readonly compile: (tokens: readonly Token[]) => Matcher;
}

/**
 * Knows `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`; a text put in for a
 * variable is never read as a wildcard. Source: IAM User Guide, "Variables and tags".
 */
export function compilePattern(text: string, options: PatternOptions): Pattern {
  const parts = partsOf(text, options);
  const variables = parts.filter((part) => typeof part === "object");
  if (variables.length > 0) {
    // Most texts are ruled out before anything is put in; operators that ignore case know no wildcards.
    const start = options.wildcards ? textOf(parts[0]) : "";
    const end = options.wildcards ? textOf(parts.at(-1)) : "";
    return {
      keys: variables.map(({ key }) => key),
      matches: (actual, lookup) => {
        // Patterns of one bucket begin alike.
        if (!actual.endsWith(end) || !actual.startsWith(start)) return false;
        const tokens = fill(parts, lookup);
        return tokens !== undefined && options.compile(tokens)(actual);
      },
    };
  }
  const matches = options.compile(joined(parts));
  return { keys: [], matches };
}

function textOf(part: Part | undefined): string {
  return typeof part === "string" ? part : "";
}

interface Variable {
  readonly key: string;
  readonly fallback: string | undefined;
}

type Part = Token | Variable;

function partsOf(text: string, { variables, wildcards }: PatternOptions): Part[] {
  const parts: Part[] = [];
  const symbol = variables ? /\$\{([^}]*)\}|[*?]/g : /[*?]/g;
  let end = 0;
  for (const match of text.matchAll(symbol)) {
    parts.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1] !== undefined) parts.push(variableOf(match[1]));
    else if (!wildcards) parts.push(match[0]);
    else parts.push(match[0] === "*" ? anyRun : anyOne);
  }
  parts.push(text.slice(end));
  return parts;
}

function variableOf(inner: string): Part {
  if (inner === "*" || inner === "?" || inner === "$") return inner;
  const [, key = inner, fallback] = /^([^,]+),\s*'(.*)'\s*$/s.exec(inner) ?? [];
  return { key: key.trim().toLowerCase(), fallback };
}

/** Undefined when a variable has neither a value nor a default. */
function fill(parts: readonly Part[], lookup: ContextLookup): Token[] | undefined {
  const tokens: Token[] = [];
  for (const part of parts) {
    if (typeof part !== "object") {
      tokens.push(part);
      continue;
    }
    const values = lookup(part.key);
    // A key with several values has no one text to put in.
    const value = (values?.length === 1 ? values[0] : undefined) ?? part.fallback;
    if (value === undefined) return undefined;
    tokens.push(value);
  }
  return joined(tokens);
}

/** Neighbouring texts become one, empty ones go. */
function joined(parts: readonly Part[]): Token[] {
  const tokens: Token[] = [];
  for (const part of parts) {
    const last = tokens.at(-1);
    if (typeof part === "object" || part === "") continue;
    if (typeof part === "string" && typeof last === "string")
      tokens[tokens.length - 1] = last + part;
    else tokens.push(part);
  }
  return tokens;
}
