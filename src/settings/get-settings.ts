import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type OptionChecks, isFilledText, isPlainObject } from "../core/check-options.ts";
import { StorageError } from "../core/errors.ts";
import { settingsLimits } from "../core/limits.ts";
import { takeOptions } from "../core/take-options.ts";
import type { Environment, SettingFlags, SettingSources } from "./find-values.ts";
import { parseDotenv } from "./parse-dotenv.ts";
import { profileRegion } from "./profile-region.ts";
import { resolveSettings, type ResolvedSettings } from "./resolve-settings.ts";
import type { Settings } from "./settings.ts";
import { settingVariables } from "./variables.ts";

/** Where the settings come from; flags beat the environment, which beats `.env`. */
export interface GetSettingsOptions {
  /** Such as `{ bucket: "b", region: "us-west-2" }`. Default: none. */
  readonly flags?: SettingFlags;
  /** Default `process.env`. */
  readonly environment?: Environment;
  /** Where the search for `.env` starts. Default: the working directory. */
  readonly cwd?: string;
  /** A file to read instead of the nearest `.env`; `false`: none. */
  readonly envFile?: string | false;
}

const settingsChecks: OptionChecks<GetSettingsOptions> = {
  flags: (value) => {
    if (!isTexts(value)) return "an object of strings";
    const known = new Set<string | undefined>(settingVariables.map(({ flag }) => flag));
    const other = Object.keys(value).find((name) => !known.has(name));
    return other === undefined ? undefined : `an object of known flags, without ${other}`;
  },
  environment: (value) => (isTexts(value) ? undefined : "an object of strings, as process.env"),
  cwd: isFilledText,
  envFile: (value) =>
    value === false || isFilledText(value) === undefined ? undefined : "a path, or false",
};

function isTexts(value: unknown): value is Record<string, string | undefined> {
  return (
    isPlainObject(value) &&
    Object.values(value).every((entry) => entry === undefined || typeof entry === "string")
  );
}

/**
 * The settings from flags, environment and the nearest `.env`, read anew at each call.
 * Throws ConfigurationError that names all wrong values and where they came from.
 *
 * @example
 * const { storageBackend, sources } = getSettings({ envFile: "lab.env" });
 */
export function getSettings(options: GetSettingsOptions = {}): Settings {
  const given = takeOptions("getSettings", options, settingsChecks);
  const { settings, problems } = inspectSettings(given);
  const [first] = problems;
  if (first === undefined) return settings;
  if (problems.length === 1) throw first;
  const lines = problems.map(({ message, remedy }) => `  ${message} ${remedy ?? ""}`.trimEnd());
  throw new StorageError(
    "ConfigurationError",
    `${problems.length} settings are wrong:\n${lines.join("\n")}`,
    { remedy: "Run `sms-storage config explain` to see each value and where it came from." },
  );
}

/** As `getSettings`, with what is wrong as values, for explaining. */
export function inspectSettings(options: GetSettingsOptions = {}): ResolvedSettings {
  const file = findEnvFile(options);
  const environment = options.environment ?? process.env;
  const sources: SettingSources = {
    flags: options.flags ?? {},
    environment,
    profileRegion: (profile) => profileRegion(profile, environment),
  };
  if (file === undefined) return resolveSettings(sources);
  return resolveSettings({ ...sources, dotenv: { file, parsed: parseDotenv(readEnvFile(file)) } });
}

/**
 * The `.env` that counts: the named one, or the nearest from the starting folder upwards, not beyond
 * the folder that holds the project's `.git`.
 */
export function findEnvFile(
  options: Pick<GetSettingsOptions, "cwd" | "envFile">,
): string | undefined {
  if (options.envFile === false) return undefined;
  const start = resolve(options.cwd ?? process.cwd());
  if (options.envFile !== undefined) return resolve(start, options.envFile);
  let folder = start;
  for (;;) {
    const file = join(folder, ".env");
    // A folder of that name is somebody's Python environment.
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    const parent = dirname(folder);
    if (parent === folder || exists(join(folder, ".git"))) return undefined;
    folder = parent;
  }
}

function readEnvFile(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > settingsLimits.dotenvBytes) {
      throw new StorageError(
        "ConfigurationError",
        `${file} has ${size} bytes; a .env file may have ${settingsLimits.dotenvBytes}.`,
      );
    }
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new StorageError(
      "ConfigurationError",
      `${file} cannot be read: ${isMissing ? "there is no such file." : reason}`,
      {
        cause: error,
        remedy: isMissing
          ? "Make it, or name another file."
          : "Give yourself the right to read it, or name another file.",
      },
    );
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
