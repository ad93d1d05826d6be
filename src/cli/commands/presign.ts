import { isStorageError } from "../../core/errors.ts";
import { clientLimits, s3Limits } from "../../core/limits.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { formatTime } from "../format.ts";
import type { CommandContext } from "../context.ts";
import { explainMissing } from "../missing-object.ts";
import { objectLocation } from "../locations.ts";
import { withObjectStore } from "../with-object-store.ts";
import { textOption, versionOption } from "../option-values.ts";

const methods = ["GET", "PUT", "HEAD", "DELETE"] as const;

export const presignCommand: CommandDefinition = {
  name: "presign",
  define: (command) =>
    command
      .summary("make a link to an object")
      .description(
        "Makes a link that works without credentials until it ends. A link signed with temporary " +
          "credentials (SSO, roles) ends with them at the latest; the real end is shown.",
      )
      .argument("<object>", "s3://BUCKET/KEY, or a key of the configured bucket")
      .option("--expires-in <time>", "seconds, or 30m, 12h, 7d; at most 7 days", "1h")
      .option("--method <method>", "GET, PUT, HEAD or DELETE", "GET")
      .option("--version-id <id>", "a version of the object")
      .addHelpText(
        "after",
        examples(
          ["A link for a day", "sms-storage presign --expires-in 1d exp-1/report.html"],
          ["Let somebody upload", "sms-storage presign --method PUT incoming/data.tar.gz"],
        ),
      ),
  run: async (context, [object = ""], options) => {
    const settings = await context.settings();
    const { bucket, key } = objectLocation(object, settings);
    const method = readMethod(textOption(options, "method") ?? "");
    const expiresInSeconds = readSeconds(textOption(options, "expiresIn") ?? "");
    const version = versionOption(options);
    await withObjectStore(context, bucket, async (store) => {
      const link = await store.presign({ key, method, expiresInSeconds, ...version });
      await context.output.result({ type: "link", ...link }, link.url);
      const reason = link.limitedBy === "credentials" ? ", when the credentials end" : "";
      context.output.note(`Works until ${formatTime(link.expiresAt)} UTC${reason}.`);
      if (method === "GET" || method === "HEAD") await warnIfMissing(context, store, key, version);
    });
  },
};

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
