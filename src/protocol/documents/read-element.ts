import { S3Error } from "../s3-error.ts";
import type { XmlElement } from "../xml/parse.ts";

/**
 * S3 checks documents against its schema: an element it does not know, or one too many, makes the
 * whole document MalformedXML. Dropping it instead would drop a setting that somebody counts on.
 */
export function assertChildren(parent: XmlElement, known: readonly string[]): void {
  for (const { name } of parent.children) if (!known.includes(name)) throw malformed();
}

/** The only child of that name; undefined when there is none, MalformedXML when there are more. */
export function onlyChild(parent: XmlElement, name: string): XmlElement | undefined {
  const found = parent.children.filter((entry) => entry.name === name);
  if (found.length > 1) throw malformed();
  return found[0];
}

export function onlyText(parent: XmlElement, name: string): string | undefined {
  return onlyChild(parent, name)?.text;
}

export function readBoolean(parent: XmlElement, name: string): boolean | undefined {
  const text = onlyText(parent, name)?.trim().toLowerCase();
  if (text === undefined) return undefined;
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw malformed();
}

/** Any sign is let through: what a number may be is judged by its meaning, with another error. */
export function readInteger(parent: XmlElement, name: string): number | undefined {
  const text = onlyText(parent, name)?.trim();
  if (text === undefined) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw malformed();
  return Number(text);
}

/** One of the values given, after trimming. */
export function readChoice<Choice extends string>(
  parent: XmlElement,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = onlyText(parent, name)?.trim();
  if (text === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw malformed();
  return choice;
}

/** What must be there. */
export function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw malformed();
  return value;
}

export function malformed(): S3Error {
  return new S3Error("MalformedXML");
}
