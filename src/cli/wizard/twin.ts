import type { DesiredFile } from "../../setup/desired-file.ts";
import { desiredFileText } from "../../setup/desired-file-text.ts";
import { saidWords, type Said } from "../setup/said-words.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";

/** The command line that does the same and asks nothing. */
export function twinCommand(answered: Said): string {
  return ["sms-storage setup", ...saidWords(answered), "--yes"].join(" ");
}

/** The same as a file. */
export function twinFile({ flags, options }: Said, bucket: string): string {
  const principals = options["principal"];
  const tlsOnly = options["tlsOnly"];
  const form = flagOption(options, "stable") ? "stable" : textOption(options, "principalForm");
  return desiredFileText(
    compact({
      bucket,
      region: flags.region,
      owner: textOption(options, "owner"),
      endpointUrl: flags["endpoint-url"],
      backend: flags.backend,
      policy: compact({
        access: textOption(options, "access"),
        principals: Array.isArray(principals) ? principals.map(String) : undefined,
        form,
        tlsOnly: typeof tlsOnly === "boolean" ? tlsOnly : undefined,
        minTls: textOption(options, "minTls"),
        guard: textOption(options, "guard"),
      }),
      versioning: textOption(options, "versioning"),
      lifecycle: compact({
        testPrefix: textOption(options, "testPrefix"),
        testDays: daysOf(options, "testDays"),
        noncurrentDays: daysOf(options, "noncurrentDays"),
        abortUploadDays: daysOf(options, "abortUploadDays"),
      }),
      ...(options["env"] === false && { envFile: "unmanaged" as const }),
    }) as Partial<DesiredFile> & Pick<DesiredFile, "bucket">,
  );
}

function daysOf(options: OptionValues, name: string): number | undefined {
  const text = textOption(options, name);
  return text === undefined ? undefined : Number(text);
}

function compact(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
