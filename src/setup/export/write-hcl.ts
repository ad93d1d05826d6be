import { unicodeEscape } from "../../core/unicode-escape.ts";

/** An expression of Terraform's, written as it is. Never made of a value that is not ours. */
export class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A nested block, once or several times, in place of an attribute. */
export class Block {
  readonly bodies: readonly Body[];

  constructor(...bodies: readonly Body[]) {
    this.bodies = bodies;
  }
}

export type Body = Readonly<Record<string, unknown>>;

/** `resource "aws_s3_bucket" "this" { ... }`; names have to be words, labels may be any text. */
export function writeBlock(type: string, labels: readonly string[], body: Body): string {
  const head = [type, ...labels.map(hclText)].join(" ");
  return `${head} {\n${writeBody(body, "  ")}}\n`;
}

function writeBody(body: Body, indent: string): string {
  return Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      value instanceof Block
        ? value.bodies
            .map((inner) => `${indent}${name} {\n${writeBody(inner, `${indent}  `)}${indent}}\n`)
            .join("")
        : `${indent}${name} = ${hclValue(value, indent)}\n`,
    )
    .join("");
}

/** Plain data as an expression. */
export function hclValue(value: unknown, indent = ""): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === "string") return hclText(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const inner = `${indent}  `;
    const items = value.map((item) => `${inner}${hclValue(item, inner)},\n`).join("");
    return `[\n${items}${indent}]`;
  }
  if (typeof value === "object" && value !== null) {
    const inner = `${indent}  `;
    const members = Object.entries(value).map(
      ([name, member]) => `${inner}${hclText(name)} = ${hclValue(member, inner)}\n`,
    );
    return members.length === 0 ? "{}" : `{\n${members.join("")}${indent}}`;
  }
  return String(value);
}

const escapes: Readonly<Record<string, string>> = {
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
  '"': String.raw`\"`,
  "\\": String.raw`\\`,
};

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const special = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ufeff]|[$%](?=\{)/g;

/** In quotes; `${` and `%{`, which begin a template, are doubled. */
function hclText(text: string): string {
  const escaped = text.replaceAll(special, (character) => {
    if (character === "$" || character === "%") return character + character;
    return escapes[character] ?? unicodeEscape(character);
  });
  return `"${escaped}"`;
}
