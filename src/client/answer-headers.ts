import { decodeHeaderText } from "../protocol/headers/header-text.ts";

/** Headers of an answer. Bytes come as latin1; S3 means UTF-8. */
export class AnswerHeaders {
  readonly #raw: Readonly<Record<string, string>>;

  constructor(raw: Readonly<Record<string, string>>) {
    this.#raw = raw;
  }

  /** By lower-case name. */
  get(name: string): string | undefined {
    const value = this.#raw[name];
    if (value === undefined) return undefined;
    return decodeHeaderText(value);
  }

  /** A header that holds a whole number, such as `content-length`. */
  getNumber(name: string): number | undefined {
    const value = this.#raw[name];
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  }

  /** Headers whose name starts so, the prefix cut off. */
  withPrefix(prefix: string): Record<string, string> {
    const found: [string, string][] = [];
    for (const name in this.#raw) {
      if (!name.startsWith(prefix)) continue;
      found.push([name.slice(prefix.length), decodeHeaderText(this.#raw[name] ?? "")]);
    }
    // Unlike an assignment this takes any name, `__proto__` too.
    return Object.fromEntries(found);
  }
}
