import type { DotenvEntry, ParsedDotenv } from "./parse-dotenv.ts";
import type { ProfileRegion } from "./profile-region.ts";
import { isAwsEndpoint } from "./read-value.ts";
import type { SettingName, SettingSource, StorageBackend } from "./settings.ts";
import { settingVariables, type SettingFlagName, type SettingVariable } from "./variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Flags by their name without dashes; `--no-verify-ssl` is `"verify-ssl": "false"`. */
export type SettingFlags = Readonly<Partial<Record<SettingFlagName, string>>>;

export interface SettingSources {
  readonly flags: SettingFlags;
  readonly environment: Environment;
  readonly dotenv?: { readonly file: string; readonly parsed: ParsedDotenv };
  /** Asked only when nothing else names a region. Default: no profile names one. */
  readonly profileRegion?: (profile: string) => ProfileRegion | undefined;
}

export interface FoundValue {
  readonly variable: SettingVariable;
  readonly text: string;
  readonly source: SettingSource;
}

/**
 * The text of each setting that is given somewhere. The variable's own name is looked for in all
 * places before its fallbacks are: a `.env` made for this program beats the shell's AWS_REGION.
 */
export function findValues(sources: SettingSources): ReadonlyMap<SettingName, FoundValue> {
  const dotenv = indexDotenv(sources);
  const backend = backendOf(sources, dotenv);
  const found = new Map<SettingName, FoundValue>();
  let profiled: SettingVariable | undefined;
  for (const variable of settingVariables) {
    const value =
      findFlag(variable, sources.flags, backend) ??
      namesOf(variable, sources)
        .map((name) => findNamed(name, sources, dotenv))
        .find((hit) => hit !== undefined);
    if (value !== undefined) found.set(variable.setting, { variable, ...value });
    else if (variable.setting === "storageS3Region") profiled = variable;
  }
  if (profiled !== undefined) {
    const value = findProfileRegion(sources, found);
    if (value !== undefined) found.set(profiled.setting, { variable: profiled, ...value });
  }
  return found;
}

/** Of AWS's store, and of any where a profile is named; another store is none of the default profile's. */
function findProfileRegion(
  { profileRegion }: SettingSources,
  found: ReadonlyMap<SettingName, FoundValue>,
): Hit | undefined {
  const named = found.get("awsProfile")?.text;
  if (named === undefined && !isAwsEndpoint(found.get("storageS3EndpointUrl")?.text)) {
    return undefined;
  }
  const name = named ?? "default";
  const hit = profileRegion?.(name);
  if (hit === undefined) return undefined;
  const { region, file, line } = hit;
  return { text: region, source: { kind: "profile", name, file, line } };
}

/** `STORAGE_S3_...` belongs to s3, `STORAGE_QUMULO_...` to qumulo, the rest to both. */
export function backendOfVariable(name: string): StorageBackend | undefined {
  if (name.startsWith("STORAGE_QUMULO_")) return "qumulo";
  return name.startsWith("STORAGE_S3_") ? "s3" : undefined;
}

type Hit = Omit<FoundValue, "variable">;
type DotenvIndex = ReadonlyMap<string, DotenvEntry>;

function indexDotenv({ dotenv }: SettingSources): DotenvIndex {
  return new Map(dotenv?.parsed.entries.map((entry) => [entry.name, entry]));
}

/** Before values are judged: flags such as `--bucket` go to the chosen backend's variable. */
function backendOf(sources: SettingSources, dotenv: DotenvIndex): StorageBackend {
  const text = sources.flags.backend ?? findNamed("STORAGE_BACKEND", sources, dotenv)?.text;
  return text?.toLowerCase().startsWith("qumulo") === true ? "qumulo" : "s3";
}

function findFlag(
  variable: SettingVariable,
  flags: SettingFlags,
  backend: StorageBackend,
): Hit | undefined {
  const { flag } = variable;
  const owner = backendOfVariable(variable.name);
  if (flag === undefined || (owner !== undefined && owner !== backend)) return undefined;
  const text = flags[flag];
  return text === undefined ? undefined : { text, source: { kind: "flag", name: `--${flag}` } };
}

function namesOf(variable: SettingVariable, { environment }: SettingSources): string[] {
  const ignored =
    variable.kind === "endpoint" &&
    environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true";
  return [variable.name, ...(ignored ? [] : (variable.fallbacks ?? []))];
}

function findNamed(name: string, sources: SettingSources, dotenv: DotenvIndex): Hit | undefined {
  const text = sources.environment[name];
  if (text !== undefined && text !== "") return { text, source: { kind: "environment", name } };
  const entry = dotenv.get(name);
  if (sources.dotenv === undefined || entry === undefined || entry.value === "") return undefined;
  const source = { kind: "dotenv", name, file: sources.dotenv.file, line: entry.line } as const;
  return { text: entry.value, source };
}
