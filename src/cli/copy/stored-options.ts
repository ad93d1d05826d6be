import type { Command } from "commander";
import type { StoredOptions } from "../../transfer/jobs/copy-one.ts";
import type { ServerSideEncryption } from "../../transfer/transfer-options.ts";
import { UsageError } from "../exit-codes.ts";
import { textOption, type OptionValues } from "../option-values.ts";
import { parseMoment } from "../parse-time.ts";

/** The options that say what is stored beside the bytes; read back by `readStored`. */
export function storedOptions(command: Command): Command {
  return command
    .option("--content-type <type>", "media type; default: of uploads by the name, of copies kept")
    .option("--content-encoding <coding>", "such as gzip; the bytes are stored as they are")
    .option("--content-disposition <text>", "such as 'attachment; filename=\"out.tsv\"'")
    .option("--content-language <tags>", "such as en-GB")
    .option("--cache-control <text>", "such as max-age=3600")
    .option("--expires <time>", "until when caches may keep it: 2027-01-01T00:00:00Z")
    .option("--metadata <pairs>", "user metadata: name=value,name2=value2, or a JSON object")
    .option("--tags <pairs>", "tags, in place of those there are: as --metadata; '' for none")
    .option("--storage-class <class>", "such as STANDARD_IA")
    .option("--sse <kind>", "AES256, aws:kms or bucket-default; default: AES256 where known")
    .option("--sse-kms-key-id <id>", "the key of --sse aws:kms; default: the account's own");
}

const plainHeaders = [
  "contentType",
  "contentEncoding",
  "contentDisposition",
  "contentLanguage",
  "cacheControl",
  "storageClass",
] as const;

/** What the options ask for. Throws UsageError. */
export function readStored(options: OptionValues): StoredOptions {
  const headers: { [Name in (typeof plainHeaders)[number]]?: string } = {};
  for (const name of plainHeaders) {
    const value = textOption(options, name);
    if (value !== undefined) headers[name] = value;
  }
  const expires = textOption(options, "expires");
  const metadata = textOption(options, "metadata");
  const tags = textOption(options, "tags");
  const sse = readEncryption(options);
  return {
    ...headers,
    ...(expires !== undefined && { expires: httpDate(expires) }),
    ...(metadata !== undefined && { metadata: lowerCased(readPairs("--metadata", metadata)) }),
    ...(tags !== undefined && { tags: tags === "" ? {} : readPairs("--tags", tags) }),
    ...(sse !== undefined && { sse }),
  };
}

function readEncryption(options: OptionValues): ServerSideEncryption | undefined {
  const kind = textOption(options, "sse");
  const key = textOption(options, "sseKmsKeyId");
  if (key !== undefined && kind !== "aws:kms") {
    throw new UsageError("--sse-kms-key-id names the key of --sse aws:kms.", "Give both of them.");
  }
  switch (kind) {
    case undefined:
    case "AES256":
    case "bucket-default":
      return kind;
    case "aws:kms":
      return { kms: key ?? "" };
    default:
      throw new UsageError(
        `--sse ${kind} is not known.`,
        "Give AES256, aws:kms or bucket-default.",
      );
  }
}

function httpDate(text: string): string {
  const moment = parseMoment(text) ?? (text.endsWith("GMT") ? new Date(text) : undefined);
  if (moment !== undefined && !Number.isNaN(moment.getTime())) return moment.toUTCString();
  throw new UsageError(`--expires ${text} is no time.`, "Write it as 2027-01-01T00:00:00Z.");
}

function lowerCased(pairs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** `a=1,b=2`, the form of the AWS CLI's shorthand, or a JSON object, whose values may hold commas. */
function readPairs(option: string, text: string): Record<string, string> {
  if (text.trimStart().startsWith("{")) return readJsonPairs(option, text);
  const pairs: [string, string][] = [];
  for (const pair of text.split(",")) {
    const equals = pair.indexOf("=");
    if (equals < 1) {
      throw new UsageError(
        `${option} ${text} is not name=value,name2=value2.`,
        "Values that hold a comma can be given as JSON.",
      );
    }
    pairs.push([pair.slice(0, equals).trim(), pair.slice(equals + 1)]);
  }
  return Object.fromEntries(pairs);
}

function readJsonPairs(option: string, text: string): Record<string, string> {
  const wrong = new UsageError(`${option} ${text} is no JSON object of names and strings.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong;
  }
  const pairs = Object.entries(value as Record<string, unknown>);
  const texts = pairs.flatMap(([name, entry]) =>
    typeof entry === "string" ? [[name, entry] as const] : [],
  );
  if (texts.length < pairs.length) throw wrong;
  return Object.fromEntries(texts);
}
