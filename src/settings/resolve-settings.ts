import { dialectNames } from "../core/dialect-name.ts";
import { StorageError } from "../core/errors.ts";
import { clientLimits } from "../core/limits.ts";
import { checkCredentials } from "./check-credentials.ts";
import {
  backendOfVariable,
  findValues,
  type FoundValue,
  type SettingSources,
} from "./find-values.ts";
import { protectSecrets } from "./protect-secrets.ts";
import { isAwsEndpoint, readSettingValue, type ValueContext } from "./read-value.ts";
import {
  describeSource,
  type Settings,
  type SettingName,
  type SettingSource,
  type SettingValues,
  type SettingWarning,
} from "./settings.ts";
import { settingVariables } from "./variables.ts";
import { warnAboutSources } from "./warn-about-sources.ts";

export interface ResolvedSettings {
  /** Wrong values are left out of it, so that the rest can be shown. */
  readonly settings: Settings;
  /** ConfigurationErrors; with any of them, the settings are not fit for use. */
  readonly problems: readonly StorageError[];
}

/**
 * Turns flags, environment and a `.env` file into settings, in that order of precedence. Pure: what
 * is not passed in is not looked at. What is wrong with the backend that is not in use is a warning.
 */
export function resolveSettings(given: SettingSources): ResolvedSettings {
  const found = findValues(given);
  const context: ValueContext = {
    onAws: isAwsEndpoint(found.get("storageS3EndpointUrl")?.text),
  };
  const values = new Map<SettingName, string | number | boolean>();
  const sources: Partial<Record<SettingName, SettingSource>> = {};
  const problems: FoundProblem[] = [];
  for (const variable of settingVariables) {
    const hit = found.get(variable.setting) ?? defaultOf(variable);
    if (hit === undefined) continue;
    const reading = readSettingValue(variable, hit.text, context);
    if ("problem" in reading) {
      problems.push({ variable: variable.name, hit, error: valueError(hit, reading) });
    } else {
      values.set(variable.setting, reading.value);
      sources[variable.setting] = hit.source;
    }
  }
  const plain = toValues(values);
  const isForeign = ({ variable }: FoundProblem) =>
    (backendOfVariable(variable) ?? plain.storageBackend) !== plain.storageBackend;
  // A key that was left out because it is wrong is not reported as missing as well.
  const credentials = problems.some(({ hit }) => hit.variable.kind === "credential")
    ? { problems: [], warnings: [] }
    : checkCredentials({ ...plain, sources }, plain.storageBackend);
  const warnings: SettingWarning[] = [
    ...warnAboutSources(given),
    ...problems.filter(isForeign).map(({ variable, hit, error }) => ({
      variable,
      message: error.message,
      source: hit.source,
    })),
    ...credentials.warnings,
    ...warnAboutTls({ ...plain, sources }),
  ];
  return {
    settings: protectSecrets({ ...plain, sources, warnings }),
    problems: [
      ...problems.filter((problem) => !isForeign(problem)).map(({ error }) => error),
      ...credentials.problems,
    ],
  };
}

interface FoundProblem {
  readonly variable: string;
  readonly hit: FoundValue;
  readonly error: StorageError;
}

function defaultOf(variable: FoundValue["variable"]): FoundValue | undefined {
  if (variable.default === undefined) return undefined;
  return {
    variable,
    text: variable.default,
    source: { kind: "default", name: variable.name },
  };
}

/** Defaults stand in for wrong values, so that the record is whole; `problems` says so. */
function toValues(values: ReadonlyMap<SettingName, string | number | boolean>): SettingValues {
  const text = (name: SettingName): string | undefined => {
    const value = values.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const seconds = (name: SettingName, usualMs: number): number => {
    const value = values.get(name);
    return typeof value === "number" ? value : usualMs / 1000;
  };
  return {
    storageBackend: text("storageBackend") === "qumulo" ? "qumulo" : "s3",
    storageS3Bucket: text("storageS3Bucket"),
    storageS3Region: text("storageS3Region") ?? "us-east-1",
    storageS3EndpointUrl: text("storageS3EndpointUrl"),
    storageS3Dialect: dialectNames.find((name) => name === values.get("storageS3Dialect")),
    storageS3AccessKeyId: text("storageS3AccessKeyId"),
    storageS3SecretAccessKey: text("storageS3SecretAccessKey"),
    storageS3SessionToken: text("storageS3SessionToken"),
    storageS3CaFile: text("storageS3CaFile"),
    storageQumuloEndpointUrl: text("storageQumuloEndpointUrl"),
    storageQumuloBucket: text("storageQumuloBucket"),
    storageQumuloAccessKeyId: text("storageQumuloAccessKeyId"),
    storageQumuloSecretAccessKey: text("storageQumuloSecretAccessKey"),
    storageQumuloVerifySsl: values.get("storageQumuloVerifySsl") !== false,
    storageQumuloCaFile: text("storageQumuloCaFile"),
    storageLocalCacheDir: text("storageLocalCacheDir"),
    storageRetrySeconds: seconds("storageRetrySeconds", clientLimits.retryForMs),
    storageIdleSeconds: seconds("storageIdleSeconds", clientLimits.idleTimeoutMs),
    httpsProxy: text("httpsProxy"),
    httpProxy: text("httpProxy"),
    noProxy: text("noProxy"),
    awsProfile: text("awsProfile"),
  };
}

/** Turning verification off opens the keys to anyone on the way; there is a better way. */
function warnAboutTls(settings: Omit<Settings, "warnings">): SettingWarning[] {
  const source = settings.sources.storageQumuloVerifySsl;
  const isPlain = settings.storageQumuloEndpointUrl?.startsWith("http:") === true;
  if (settings.storageBackend !== "qumulo" || settings.storageQumuloVerifySsl || isPlain) return [];
  if (source === undefined) return [];
  const variable = "STORAGE_QUMULO_VERIFY_SSL";
  const message =
    "The cluster's certificate is not checked. STORAGE_QUMULO_CA_FILE with its authority's PEM " +
    "file is as easy and safe.";
  return [{ variable, message, source }];
}

function valueError(
  { variable, text, source }: FoundValue,
  { problem, remedy }: { readonly problem: string; readonly remedy?: string },
): StorageError {
  const name = source.kind === "flag" ? source.name : namedBy(source, variable.name);
  // An endpoint may hold a password; it is shown only when it holds none.
  const hidden = variable.secret !== undefined || (variable.kind === "endpoint" && /@/.test(text));
  const value = hidden ? "" : ` ${JSON.stringify(text)}`;
  const where = source.kind === "flag" ? "" : ` (${describeSource(source)})`;
  return new StorageError("ConfigurationError", `${name}${where}:${value} ${problem}.`, {
    remedy: remedy ?? variableRemedy(source, name),
  });
}

function namedBy(source: SettingSource, fallback: string): string {
  if (source.kind === "profile") return `The region of profile ${source.name}`;
  return source.kind === "default" ? fallback : source.name;
}

function variableRemedy(source: SettingSource, name: string): string {
  if (source.kind === "profile") {
    return `Correct it in ${source.file}, line ${source.line}, or set STORAGE_S3_REGION.`;
  }
  return source.kind === "dotenv"
    ? `Correct ${name} in ${source.file}, line ${source.line}.`
    : `Correct ${name}.`;
}
