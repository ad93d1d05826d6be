import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A document: a text, a list of equal elements, or elements by name. */
export type Tree = string | readonly Tree[] | { readonly [name: string]: Tree };

export type RecordedBody =
  | string
  | { readonly base64: string }
  | { readonly repeat: string; readonly times: number };

/** What AWS answered. What is left out was not recorded and is not compared. */
export interface RecordedAnswer {
  /** Every header that S3 gives a meaning in answers; one that is not here must not be there. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By the root's name; `*` for a root whose name was not recorded. Nothing more may be there. */
  readonly document?: { readonly [root: string]: Tree };
  readonly text?: string;
  /** The listing came with encoded names, and was decoded before it was recorded. */
  readonly decoded?: true;
  /** Elements whose order was not recorded. */
  readonly unordered?: readonly string[];
}

/** A presigned link of Signature Version 4. */
export interface RecordedLink {
  readonly expiresIn: number;
  /** Headers that are signed with it; the request's own are not. */
  readonly signed?: Readonly<Record<string, string>>;
  /** Seconds since it was made. */
  readonly age?: number;
  /** Parameters taken away. */
  readonly without?: readonly string[];
}

export interface RecordedForm {
  readonly fields: Readonly<Record<string, string>>;
  /** Beside those that name the bucket and each field as it is. */
  readonly conditions?: readonly unknown[];
  /** Default 4. */
  readonly version?: 2 | 4;
  /** Default 60. */
  readonly expiresIn?: number;
  /** After it was signed. */
  readonly changed?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly file: string;
  readonly fileName?: string;
}

export interface RecordedStep {
  /** Method, path and query as on the wire; `{b1}` names a bucket, `{v1}` a captured value. */
  readonly send: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RecordedBody;
  /** In place of a signature in the headers. */
  readonly link?: RecordedLink;
  /** In place of a body: a browser's form, signed. */
  readonly form?: RecordedForm;
  /** Default: the administrator of the first account. */
  readonly as?: "stranger" | "nobody";
  /** Signed for. Default us-east-1. */
  readonly region?: string;
  readonly status?: number;
  readonly answer?: RecordedAnswer;
  /** Variable -> `header:<name>`, or `<element>:<index>` in the order of the document. */
  readonly capture?: Readonly<Record<string, string>>;
}

export interface RecordedCase {
  readonly name: string;
  readonly area: string;
  readonly steps: readonly RecordedStep[];
}

const folder = join(import.meta.dirname, "recorded");

/**
 * The cases of `recorded/<area>.jsonl`: a line `{"case": name}`, then a line for each request. The
 * name is the one under which LocalStack keeps the recording.
 */
export function readCases(): RecordedCase[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) =>
      readArea(file.replace(/\.jsonl$/, ""), readFileSync(join(folder, file), "utf8")),
    );
}

function readArea(area: string, text: string): RecordedCase[] {
  const cases: (RecordedCase & { steps: RecordedStep[] })[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const read = JSON.parse(line) as { readonly case: string } | RecordedStep;
    if ("case" in read) cases.push({ name: read.case, area, steps: [] });
    else cases.at(-1)?.steps.push(read);
  }
  return cases;
}
