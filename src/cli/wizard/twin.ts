import { documentSettings } from "../../core/document-settings.ts";
import { equalData } from "../../setup/canonical-json.ts";
import type { DesiredFile } from "../../setup/desired-file.ts";
import { desiredFileText } from "../../setup/desired-file-text.ts";
import type { AcceptedValue } from "../../setup/drift/accepted-value.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { desiredFileName } from "../setup/desired-options.ts";
import { nextCall } from "../setup/next-call.ts";
import { saidWords, type Said } from "../setup/said-words.ts";

/** The command line that does the same and asks nothing. */
export function twinCommand(answered: Said): string {
  return ["sms-storage setup", ...saidWords(answered), "--yes"].join(" ");
}

/** The command line that does the same with the file of the answers, which says the store, not whose keys. */
export function twinFileCommand({ flags, envFile }: Said, wishFile: string): string {
  const { region: _region, backend: _backend, "endpoint-url": _store, ...unsaid } = flags;
  const file = wishFile === desiredFileName ? undefined : wishFile;
  return nextCall("setup --yes", { flags: unsaid, envFile }, { file });
}

/** The same as a file. */
export function twinFile(answered: Said, bucket: string): string {
  return desiredFileText(answeredWish(answered, bucket));
}

/** Where a file says otherwise, or nothing of what was asked; the store only where it names one. */
export function twinValues(
  answered: Said,
  bucket: string,
  filed: DesiredFile,
): readonly AcceptedValue[] {
  const values = Object.entries(answeredWish(answered, bucket)).flatMap(([name, wish]) => {
    if (storeNames.has(name) && valueAt(filed, [name]) === undefined) return [];
    if (typeof wish !== "object") return [{ path: [name], value: wish }];
    return Object.entries(wish).map(([member, value]) => ({ path: [name, member], value }));
  }) as AcceptedValue[];
  return values.filter(({ path, value }) => !equalData(valueAt(filed, path), value));
}

const storeNames: ReadonlySet<string> = new Set(["region", "owner", "endpointUrl", "backend"]);

function valueAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  return valueAt(new Map<string, unknown>(Object.entries(value)).get(name), rest);
}

function answeredWish({ flags, options }: Said, bucket: string): Wish {
  const principals = options["principal"];
  const tlsOnly = options["tlsOnly"];
  const form = flagOption(options, "stable") ? "stable" : textOption(options, "principalForm");
  return compact({
    bucket,
    region: flags.region,
    owner: textOption(options, "owner"),
    endpointUrl: flags["endpoint-url"],
    backend: flags.backend,
    policy: unlessEmpty({
      access: textOption(options, "access"),
      principals: Array.isArray(principals) ? principals.map(String) : undefined,
      form,
      tlsOnly: typeof tlsOnly === "boolean" ? tlsOnly : undefined,
      minTls: textOption(options, "minTls"),
      guard: textOption(options, "guard"),
    }),
    versioning: textOption(options, "versioning"),
    lifecycle: unlessEmpty({
      testPrefix: textOption(options, "testPrefix"),
      testDays: daysOf(options, "testDays"),
      noncurrentDays: daysOf(options, "noncurrentDays"),
      abortUploadDays: daysOf(options, "abortUploadDays"),
    }),
    ...standings(options),
    ...(options["env"] === false && { envFile: "unmanaged" }),
  }) as Wish;
}

type Wish = Partial<DesiredFile> & Pick<DesiredFile, "bucket">;

function daysOf(options: OptionValues, name: string): number | undefined {
  const text = textOption(options, name);
  return text === undefined ? undefined : Number(text);
}

function standings(options: OptionValues): Record<string, string> {
  const found = ["unmanaged", "reset"].flatMap((standing) => {
    const named = options[standing];
    const names: readonly unknown[] = Array.isArray(named) ? named : [];
    return Object.entries(documentSettings).flatMap(([name, setting]) =>
      names.includes(name) ? [[setting, standing] as const] : [],
    );
  });
  return Object.fromEntries(found);
}

function unlessEmpty(
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const said = compact(value);
  return Object.keys(said).length === 0 ? undefined : said;
}

function compact(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
