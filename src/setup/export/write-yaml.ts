import { unicodeEscape } from "../../core/unicode-escape.ts";

/** A tag with a scalar, such as `!Sub "arn:${AWS::Partition}:..."`. */
export class Tagged {
  readonly tag: string;
  readonly text: string;

  constructor(tag: "!Sub" | "!Ref", text: string) {
    this.tag = tag;
    this.text = text;
  }
}

/**
 * Plain data as YAML 1.1 and 1.2 read it alike: every text stands in double quotes with JSON's escapes,
 * so that none is taken for a number, a yes, a date or an end of anything.
 */
export function writeYaml(value: unknown): string {
  return `${block(value, "").trimStart()}\n`;
}

function block(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return " []";
    return value.map((item) => `\n${indent}- ${block(item, `${indent}  `).trimStart()}`).join("");
  }
  if (typeof value === "object" && value !== null && !(value instanceof Tagged)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    if (members.length === 0) return " {}";
    return members
      .map(([name, member]) => {
        const isNested = typeof member === "object" && member !== null;
        return `\n${indent}${nameOf(name)}:${block(member, isNested ? `${indent}  ` : "")}`;
      })
      .join("");
  }
  return ` ${scalar(value)}`;
}

function scalar(value: unknown): string {
  if (value instanceof Tagged) return `${value.tag} ${quoted(value.text)}`;
  return typeof value === "string" ? quoted(value) : String(value);
}

function nameOf(name: string): string {
  return /^[A-Z][A-Za-z]*$/.test(name) && !reserved.has(name.toLowerCase()) ? name : quoted(name);
}

/** Words that YAML 1.1 reads as something else. */
const reserved: ReadonlySet<string> = new Set([
  "y",
  "n",
  "yes",
  "no",
  "on",
  "off",
  "true",
  "false",
  "null",
]);

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(unprintable, unicodeEscape);
}
