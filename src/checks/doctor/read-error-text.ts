import { connectionProblem, refusalRemedy } from "../../core/remedies.ts";
import { causeRows } from "./cause-list.ts";
import { errorWordings } from "./error-wordings.ts";
import { linkInText } from "./link-in-text.ts";
import { denialPart, type Symptom } from "./symptom.ts";

/** Forms in which tools print an error: the AWS CLI and boto3, pyarrow, Go's SDK, this program, SDKs, XML. */
const forms: readonly RegExp[] = [
  /An error occurred \((?<code>[\w.]+)\) when calling the (?<operation>\w+) operation(?: \([^)]*\))?: ?(?<message>[\s\S]*)/,
  /AWS Error (?<code>\w+)(?: \(HTTP status (?<status>\d{3})\))? during (?<operation>\w+) operation/,
  /operation error \w+: (?<operation>\w+), https response error StatusCode: (?<status>\d{3})(?:.*?, (?:api error )?(?<code>[A-Z][\w.]*):)?/,
  /S3 error: (?<status>\d{3})(?: \((?<code>[\w.]+)\))?/,
  /\b(?<operation>[A-Z]\w+)(?: of [^:\n]{1,1100})?: (?<code>[A-Za-z][\w.]*) \((?<status>\d{3})\)(?:: (?<message>[\s\S]*))?/,
  /\b(?<operation>[A-Z]\w+) of [^:\n]{1,1100}: HTTP (?<status>\d{3})(?:: (?<message>[\s\S]*))?/,
  /<Code>(?<code>[\w.]+)<\/Code>(?:\s*<Message>(?<message>[^<]*)<\/Message>)?/,
  /\bError Code: (?<code>[\w.]+)/,
  /["']?\b(?:s3Code|Code|__type|name)["']?: ?["'](?:[\w.]+#)?(?<code>[A-Z\d][\w.]*)["']/,
  // Within a line a word alone, such as `Token:`, is no code.
  /(?:^|[\n(]|error |\s(?=[A-Z]\w{0,80}[A-Z]))(?<code>(?!Error:)[A-Z]\w*(?:\.\w+)?): (?<message>[\s\S]+)/,
];

/** Codes that say no more than that it is refused. */
const refusals: readonly string[] = [
  "AccessDenied",
  "AccessDeniedException",
  "Forbidden",
  "PermissionDenied",
];

/** Codes by which causes are told, by their letters alone: tools write NO_SUCH_BUCKET, people no such bucket. */
const codes: ReadonlyMap<string, string> = new Map(
  causeRows
    .flatMap(({ signs }) => signs.flatMap((sign) => sign.codes ?? []))
    .concat(refusals)
    .filter((code) => !/^\d+$/.test(code))
    .map((code) => [lettersOf(code), code]),
);

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** HEAD's answers have no body; clients call them by their status, or so. */
const bare: ReadonlySet<string> = new Set(["UnknownError", "Unknown", "UNKNOWN"]);

/**
 * What some tool printed, as a symptom. The text itself is kept; facts in it are looked for. `now`: by
 * which the end of a link is judged where the store's answer does not tell its own time.
 */
export function readErrorText(given: string, now?: Date): Symptom {
  const text = given.trim();
  const groups = forms.map((form) => form.exec(text)?.groups).find((each) => each !== undefined);
  const { operation } = groups ?? {};
  const { code, amongOthers } = codeIn(text, groups?.["code"]);
  const number = statusIn(text, groups);
  const remedy = remedyOf(text, code, number);
  const link = linkInText(text, now);
  return {
    tried: operation ?? "What was asked",
    message: text,
    details: detailsIn(text),
    ...(code !== undefined && { code }),
    ...(amongOthers !== undefined && { amongOthers }),
    ...(operation !== undefined && { operation }),
    ...(number !== undefined && { status: number }),
    ...(isRefusal(code, number) && { denial: { cause: "not-told" } }),
    ...denialPart(text, number),
    ...(remedy !== undefined && { remedy }),
    ...(link !== undefined && { link }),
  };
}

/** It may say more of itself. */
function isRefusal(code: string | undefined, status: number | undefined): boolean {
  const isBare = code === undefined || bare.has(code) || /^\d+$/.test(code);
  return (isBare && status === 403) || refusals.includes(code ?? "");
}

/** The code that the text is about, else any that a cause is told by. */
function codeIn(text: string, named: string | undefined): Pick<Symptom, "code" | "amongOthers"> {
  const told = toldCode(text, named);
  if (told !== undefined) return { code: told };
  const within = knownWithin(text);
  const [first = wordingOf(text) ?? named] = within;
  if (first === undefined) return {};
  const isLoose = within.length > 0 && text.length > longestCode;
  return { code: first, ...(isLoose && { amongOthers: within }) };
}

/** The code of a connection's end, else the one that the form names, else a code alone, however it is written. */
function toldCode(text: string, named: string | undefined): string | undefined {
  const words = text.match(/\b[A-Z][A-Z_]{4,}\b|\bTimeoutError\b/g) ?? [];
  const connection = words.find((word) => connectionProblem(word) !== undefined);
  const known = named === undefined ? undefined : codes.get(lettersOf(named));
  const short = text.length > longestCode ? "" : lettersOf(text.replace(/^\w*Error:/, ""));
  return connection ?? known ?? codes.get(short) ?? /^[345]\d\d$/.exec(short)?.[0];
}

/** The words of the text that are such codes, each once. */
function knownWithin(text: string): readonly string[] {
  const words = text.match(/\b(?:KMS\.)?(?:[A-Z][a-z0-9]*){2,}\b|\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
  return [...new Set(words.flatMap((word) => codes.get(lettersOf(word)) ?? []))];
}

function wordingOf(text: string): string | undefined {
  return errorWordings.find(([wording]) => wording.test(text))?.[1];
}

const longestCode = 80;

/** As logs write it; at the beginning; curl, Python's requests and wget. */
const statusWords: readonly RegExp[] = [
  /(?:\bHTTP|\bstatus|http_?status|status[ _]?code)\W{1,4}([345]\d{2})\b/i,
  /^\W{0,2}([345]\d\d)\b/,
  /\breturned error: ([345]\d\d)\b/,
  /\b([345]\d\d) (?:Client|Server) Error\b/,
  /\bERROR ([345]\d\d)\b/,
];

function statusIn(
  text: string,
  groups: Readonly<Record<string, string | undefined>> | undefined,
): number | undefined {
  const { status, code = "" } = groups ?? {};
  if (status !== undefined) return Number(status);
  if (/^[345]\d\d$/.test(code)) return Number(code);
  const found = statusWords
    .map((words) => words.exec(text)?.[1])
    .find((each) => each !== undefined);
  return found === undefined ? undefined : Number(found);
}

/** For what no cause of the catalogue fits. */
function remedyOf(
  text: string,
  code: string | undefined,
  status: number | undefined,
): string | undefined {
  if (code === undefined && status === undefined) return undefined;
  return refusalRemedy({
    operation: "",
    action: "the action",
    bucket: undefined,
    key: undefined,
    status: status ?? 400,
    s3Code: code,
    message: text,
    region: undefined,
  });
}

function detailsIn(text: string): Record<string, string> {
  const region =
    /expecting '([a-z0-9-]+)'/.exec(text)?.[1] ??
    /<Region>([a-z0-9-]+)<\/Region>/.exec(text)?.[1] ??
    /bucket is in region ([a-z0-9-]+)/i.exec(text)?.[1] ??
    /["']?x-amz-bucket-region["']?: ["']?([a-z0-9-]+)/i.exec(text)?.[1];
  const serverTime = /<ServerTime>([^<]+)<\/ServerTime>/.exec(text)?.[1];
  return {
    ...(region !== undefined && { Region: region }),
    ...(serverTime !== undefined && { ServerTime: serverTime }),
  };
}
