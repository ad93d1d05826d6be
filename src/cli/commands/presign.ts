import { isStorageError } from "../../core/errors.ts";
import { clientLimits, s3Limits } from "../../core/limits.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import type { PresignedUrl, PresignRequest } from "../../core/presigned-url.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { formatTime, printable } from "../format.ts";
import type { CommandContext } from "../context.ts";
import { explainMissing } from "../missing-object.ts";
import { objectLocation } from "../locations.ts";
import { oneObject, readNaming } from "../named-objects.ts";
import { withObjectStore } from "../with-object-store.ts";
import { textOption, type OptionValues } from "../option-values.ts";

const methods = ["GET", "PUT", "HEAD", "DELETE"] as const;

/** Headers of the answer that a link can choose, and what they are for. */
const responseHeaders = [
  ["content-type", "media type that the answer says"],
  ["content-disposition", "such as 'attachment; filename=\"run 1.tsv\"'"],
  ["content-encoding", "encoding that the answer says"],
  ["content-language", "language that the answer says"],
  ["cache-control", "how long the answer may be kept"],
  ["expires", "when the answer is out of date"],
] as const;

export const presignCommand: CommandDefinition = {
  name: "presign",
  define: (command) => {
    command
      .summary("make a link to an object")
      .description(
        "Makes a link that works without credentials until it ends: after the time asked for, 7 days " +
          "at most, and with temporary credentials (SSO, roles) when they end. The real end is shown.",
      )
      .argument("<object>", "s3://BUCKET/KEY, or a key of the configured bucket")
      .option("--expires-in <time>", "seconds, or 30m, 12h, 7d; at most 7 days", "1h")
      .option("--method <method>", "GET, PUT, HEAD or DELETE", "GET")
      .option("--content-type <type>", "of PUT: who uploads has to send this very media type")
      .option("--version-id <id>", "a version of the object")
      .option("--as-of <time>", "the version of that time: 2026-11-01T06:00:00Z, or 12h, 7d ago");
    for (const [name, purpose] of responseHeaders) {
      command.option(`--response-${name} <value>`, purpose);
    }
    command.addHelpText(
      "after",
      examples(
        ["A link for a day", "sms-storage presign --expires-in 1d exp-1/report.html"],
        [
          "One that browsers save under a name",
          "sms-storage presign --response-content-disposition 'attachment; filename=run1.tsv' exp-1/out.tsv",
        ],
        [
          "Let somebody upload",
          "sms-storage presign --method PUT --content-type application/gzip incoming/data.tar.gz",
        ],
      ),
    );
  },
  run: async (context, [object = ""], options) => {
    const settings = await context.settings();
    const uri = objectLocation(object, settings);
    const wish = readWish(options);
    const naming = readNaming(options, context.runtime.signal);
    await withObjectStore(context, uri.bucket, async (store) => {
      const { key, versionId } = await oneObject(store, uri, naming);
      const version = versionId !== undefined && { versionId };
      const link = await store.presign({ ...wish, key, ...version });
      await tell(context, wish, link);
      if (wish.method === "GET" || wish.method === "HEAD") {
        await warnIfMissing(context, store, key, { ...version });
      }
    });
  },
};

type LinkWish = Omit<PresignRequest, "key" | "versionId">;

function readWish(options: OptionValues): LinkWish {
  const method = readMethod(textOption(options, "method") ?? "");
  const expiresInSeconds = readSeconds(textOption(options, "expiresIn") ?? "");
  const contentType = textOption(options, "contentType");
  if (contentType !== undefined && method !== "PUT") {
    throw new UsageError(
      "--content-type is for links with --method PUT.",
      "For what is answered to GET, use --response-content-type.",
    );
  }
  const query = readOverrides(options);
  const [first] = Object.keys(query);
  if (first !== undefined && method !== "GET" && method !== "HEAD") {
    throw new UsageError(`--${first} is for links that read, not for ${method}.`);
  }
  return { method, expiresInSeconds, query, ...(contentType !== undefined && { contentType }) };
}

function readOverrides(options: OptionValues): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name] of responseHeaders) {
    const parameter = `response-${name}`;
    const value = textOption(options, camelCase(parameter));
    if (value !== undefined) query[parameter] = value;
  }
  return query;
}

/** As the parser names options. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

async function tell(
  { output }: CommandContext,
  { method, contentType }: LinkWish,
  link: PresignedUrl,
): Promise<void> {
  const headers = contentType !== undefined && { headers: { "content-type": contentType } };
  await output.result({ type: "link", method, ...headers, ...link }, link.url);
  const reason = link.limitedBy === "credentials" ? ", when the credentials end" : "";
  output.note(`Works until ${formatTime(link.expiresAt)} UTC${reason}.`);
  if (link.mayEndEarlier) {
    output.warn(
      "The keys are temporary, and when they end is not known: the link ends with them, if that is earlier.",
    );
  }
  if (contentType !== undefined) {
    output.note(`To be sent with the header Content-Type: ${printable(contentType)}`);
  }
}

/** The link is out already and may be meant for later; that it leads nowhere now is worth a word. */
async function warnIfMissing(
  { output, runtime }: CommandContext,
  store: ObjectStore,
  key: string,
  version: { versionId?: string },
): Promise<void> {
  const { signal } = runtime;
  const timeoutMs = clientLimits.linkLookMs;
  try {
    await explainMissing(store, key, signal, () =>
      store.headObject(key, { ...version, signal, timeoutMs }),
    );
  } catch (error) {
    if (isStorageError(error, "NotFound")) output.warn(`The link leads nowhere: ${error.message}`);
  }
}

function readMethod(text: string): (typeof methods)[number] {
  const method = methods.find((name) => name === text.toUpperCase());
  if (method !== undefined) return method;
  throw new UsageError(`--method ${text} is not one of ${methods.join(", ")}.`);
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90`, `30m`, `12h`, `7d` in seconds. */
function readSeconds(text: string): number {
  const [, digits = "", unit = "s"] = /^(\d+)([smhd])?$/.exec(text) ?? [];
  const seconds = Number(digits) * (unitSeconds[unit] ?? 1);
  if (digits !== "" && seconds >= 1 && seconds <= s3Limits.presignSeconds) return seconds;
  throw new UsageError(
    `--expires-in ${text} is not a time between 1 second and 7 days.`,
    "Write seconds, or a number with s, m, h or d, such as 12h.",
  );
}
