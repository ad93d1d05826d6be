import type { QueryParameters } from "../../protocol/query.ts";
import { validationError } from "./query-error.ts";

/** What AWS's models say of a text. */
export interface TextRule {
  /** In characters. */
  readonly min?: number;
  readonly max?: number;
  /** Of the whole text, as AWS's texts show it. */
  readonly pattern?: string;
}

interface WholeRule {
  readonly min: number;
  readonly max: number;
}

/**
 * The parameters of one call. What does not fit its rule is gathered, and `assertSound` tells all of it
 * in AWS's words. Parameters that nobody asks for are no fault.
 */
export class QueryInput {
  readonly #values = new Map<string, string>();
  readonly #faults: string[] = [];

  constructor(form: QueryParameters) {
    for (const [name, value] of form.entries()) {
      if (!this.#values.has(name)) this.#values.set(name, value);
    }
  }

  text(name: string, rule: TextRule = {}): string | undefined {
    const value = this.#values.get(name);
    if (value !== undefined) this.#check(name, value, rule);
    return value;
  }

  /** Empty when it is missing, which `assertSound` then tells. */
  required(name: string, rule: TextRule = {}): string {
    const value = this.text(name, rule);
    if (value === undefined) this.#fault("null", name, "Member must not be null");
    return value ?? "";
  }

  whole(name: string, { min, max }: WholeRule): number | undefined {
    const text = this.#values.get(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^-?\d{1,15}$/.test(text)) {
      throw validationError(`Value '${text}' at '${fieldOf(name)}' is not a whole number.`);
    }
    if (value < min) {
      const constraint = `Member must have value greater than or equal to ${min}`;
      this.#fault(`'${text}'`, name, constraint);
    } else if (value > max) {
      this.#fault(`'${text}'`, name, `Member must have value less than or equal to ${max}`);
    }
    return value;
  }

  /** The names under which the members of a list stand, `Tags.member.1`, ...; AWS stops at a gap. */
  members(name: string, most: number): readonly string[] {
    const found = new Set<number>();
    for (const key of this.#values.keys()) {
      const [, index] = key.startsWith(`${name}.member.`)
        ? (/^(\d{1,4})(?:\.|$)/.exec(key.slice(name.length + 8)) ?? [])
        : [];
      if (index !== undefined) found.add(Number(index));
    }
    const members: string[] = [];
    while (found.has(members.length + 1)) members.push(`${name}.member.${members.length + 1}`);
    if (members.length > most) {
      const constraint = `Member must have length less than or equal to ${most}`;
      this.#fault(`'[${members.length} members]'`, name, constraint);
    }
    return members;
  }

  /** Throws QueryError ValidationError. */
  assertSound(): void {
    const count = this.#faults.length;
    if (count === 0) return;
    const errors = count === 1 ? "error" : "errors";
    throw validationError(`${count} validation ${errors} detected: ${this.#faults.join("; ")}`);
  }

  #check(name: string, value: string, { min, max, pattern }: TextRule): void {
    const { length } = Array.from(value);
    const quoted = `'${value}'`;
    if (min !== undefined && length < min) {
      this.#fault(quoted, name, `Member must have length greater than or equal to ${min}`);
    } else if (max !== undefined && length > max) {
      this.#fault(quoted, name, `Member must have length less than or equal to ${max}`);
    }
    if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(value)) {
      this.#fault(quoted, name, `Member must satisfy regular expression pattern: ${pattern}`);
    }
  }

  #fault(value: string, name: string, constraint: string): void {
    const field = fieldOf(name);
    this.#faults.push(`Value ${value} at '${field}' failed to satisfy constraint: ${constraint}`);
  }
}

/** `Tags.member.1.Key` is `tags.1.member.key` in AWS's texts. */
function fieldOf(name: string): string {
  return name
    .split(".")
    .map((part) => part.charAt(0).toLowerCase() + part.slice(1))
    .join(".")
    .replace(/\.member\.(\d+)/g, ".$1.member");
}
