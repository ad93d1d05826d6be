import { closestName } from "../core/closest-name.ts";
import type { SettingSources } from "./find-values.ts";
import type { SettingSource, SettingWarning } from "./settings.ts";
import { foreignVariables, settingVariables } from "./variables.ts";

const known: ReadonlySet<string> = new Set([
  ...settingVariables.flatMap(({ name, fallbacks = [] }) => [name, ...fallbacks]),
  ...foreignVariables,
]);
const suggestions = settingVariables
  .map(({ name }) => name)
  .filter((name) => name.startsWith("STORAGE_"));

/** AWS's own variables that its tools read from the environment alone. */
const environmentOnly: ReadonlySet<string> = new Set([
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
]);

/** What is probably not meant in the places that settings come from. Shows no values. */
export function warnAboutSources(sources: SettingSources): SettingWarning[] {
  return [...warnAboutEnvironment(sources), ...warnAboutDotenv(sources)];
}

function warnAboutEnvironment({ environment }: SettingSources): SettingWarning[] {
  const warnings: SettingWarning[] = [];
  for (const name of Object.keys(environment).sort()) {
    const message = unknownMessage(name);
    if (message !== undefined) {
      warnings.push({ variable: name, message, source: { kind: "environment", name } });
    }
  }
  if (isSet(environment["AWS_PROFILE"]) && isSet(environment["AWS_ACCESS_KEY_ID"])) {
    const name = "AWS_ACCESS_KEY_ID";
    const message = "AWS_PROFILE is set as well, and the profile wins.";
    warnings.push({ variable: name, message, source: { kind: "environment", name } });
  }
  return warnings;
}

function warnAboutDotenv({ dotenv, environment }: SettingSources): SettingWarning[] {
  if (dotenv === undefined) return [];
  const warnings: SettingWarning[] = [];
  const source = (name: string, line: number): SettingSource => ({
    kind: "dotenv",
    name,
    file: dotenv.file,
    line,
  });
  for (const { line, message } of dotenv.parsed.problems) {
    const text = `${dotenv.file} line ${line} ${message}.`;
    warnings.push({ variable: ".env", message: text, source: source(".env", line) });
  }
  for (const { name, value, line } of dotenv.parsed.entries) {
    const message =
      unknownMessage(name) ??
      expansionMessage(name, value) ??
      (environmentOnly.has(name) && !isSet(environment[name])
        ? `${name} is read from the environment only; export it, or use STORAGE_S3_... here.`
        : undefined);
    if (message !== undefined)
      warnings.push({ variable: name, message, source: source(name, line) });
  }
  return warnings;
}

function unknownMessage(name: string): string | undefined {
  if (!name.startsWith("STORAGE_") || known.has(name)) return undefined;
  const meant = closestName(name, suggestions);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return `${name} is no setting of this program.${hint}`;
}

function expansionMessage(name: string, value: string): string | undefined {
  if (!known.has(name) || !/\$[{(]/.test(value)) return undefined;
  return `${name} holds a shell expression such as \${NAME}, which stays as it stands.`;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
