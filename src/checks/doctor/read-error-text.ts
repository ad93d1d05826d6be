import { connectionProblem } from "../../core/remedies.ts";
import { denialPart, type Symptom } from "./symptom.ts";

/** Forms in which tools print an error: the AWS CLI and boto3, this program, SDKs, S3's XML. */
const forms: readonly RegExp[] = [
  /An error occurred \((?<code>[\w.]+)\) when calling the (?<operation>\w+) operation(?: \([^)]*\))?: ?(?<message>[\s\S]*)/,
  /\b(?<operation>[A-Z]\w+)(?: of [^:\n]{1,1100})?: (?<code>[A-Za-z][\w.]*) \((?<status>\d{3})\)(?:: (?<message>[\s\S]*))?/,
  /\b(?<operation>[A-Z]\w+) of [^:\n]{1,1100}: HTTP (?<status>\d{3})(?:: (?<message>[\s\S]*))?/,
  /<Code>(?<code>[\w.]+)<\/Code>(?:\s*<Message>(?<message>[^<]*)<\/Message>)?/,
  /"(?:s3Code|Code|name)": ?"(?<code>[\w.]+)"/,
  /(?:^|[\s(])(?<code>(?!Error:)[A-Z]\w*(?:\.\w+)?): (?<message>[\s\S]+)/,
];

/** What some tool printed, as a symptom. The text itself is kept; facts in it are looked for. */
export function readErrorText(given: string): Symptom {
  const text = given.trim();
  const groups = forms.map((form) => form.exec(text)?.groups).find((each) => each !== undefined);
  const { operation, status } = groups ?? {};
  const words = text.match(/\b[A-Z][A-Z_]{4,}\b|\bTimeoutError\b/g) ?? [];
  const connection = words.find((word) => connectionProblem(word) !== undefined);
  const code = connection ?? groups?.["code"];
  const number = status === undefined ? statusIn(text) : Number(status);
  return {
    tried: operation ?? "What was asked",
    message: text,
    details: detailsIn(text),
    ...(code !== undefined && { code }),
    ...(operation !== undefined && { operation }),
    ...(number !== undefined && { status: number }),
    ...denialPart(text, number),
  };
}

function statusIn(text: string): number | undefined {
  const found = /\b(?:HTTP|status(?:Code)?|httpStatusCode)\D{1,4}(\d{3})\b/i.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function detailsIn(text: string): Record<string, string> {
  const region =
    /expecting '([a-z0-9-]+)'/.exec(text)?.[1] ??
    /<Region>([a-z0-9-]+)<\/Region>/.exec(text)?.[1] ??
    /bucket is in region ([a-z0-9-]+)/i.exec(text)?.[1];
  const serverTime = /<ServerTime>([^<]+)<\/ServerTime>/.exec(text)?.[1];
  return {
    ...(region !== undefined && { Region: region }),
    ...(serverTime !== undefined && { ServerTime: serverTime }),
  };
}
