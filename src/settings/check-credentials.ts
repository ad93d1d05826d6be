import { StorageError } from "../core/errors.ts";
import {
  describeSource,
  type Settings,
  type SettingName,
  type SettingWarning,
  type StorageBackend,
} from "./settings.ts";
import { settingVariables } from "./variables.ts";

export interface CredentialsCheck {
  readonly problems: readonly StorageError[];
  readonly warnings: readonly SettingWarning[];
}

/** The settings that make one set of keys. */
interface KeySet {
  readonly keyId: SettingName;
  readonly secret: SettingName;
  readonly token: SettingName | undefined;
}

const keySets: Readonly<Record<StorageBackend, KeySet>> = {
  s3: {
    keyId: "storageS3AccessKeyId",
    secret: "storageS3SecretAccessKey",
    token: "storageS3SessionToken",
  },
  qumulo: {
    keyId: "storageQumuloAccessKeyId",
    secret: "storageQumuloSecretAccessKey",
    token: undefined,
  },
};

type CheckedSettings = Omit<Settings, "warnings">;

/**
 * A set of keys is whole or absent: SMS API drops a partial one silently and goes on as somebody
 * else. Key and secret are enough for long-lived keys; `ASIA...` keys need their session token.
 * A partial set of the backend that is not in use is a warning.
 */
export function checkCredentials(
  settings: CheckedSettings,
  backend: StorageBackend,
): CredentialsCheck {
  const other: StorageBackend = backend === "s3" ? "qumulo" : "s3";
  const unused = partialSet(settings, keySets[other]);
  const partial = partialSet(settings, keySets[backend]);
  return {
    problems: partial === undefined ? [] : [partial.error],
    warnings: [
      ...(unused === undefined ? [] : [unused.warning]),
      ...(partial === undefined ? mixedSet(settings, keySets[backend]) : []),
    ],
  };
}

function partialSet(settings: CheckedSettings, set: KeySet) {
  const names = [set.keyId, set.secret, ...(set.token === undefined ? [] : [set.token])];
  const given = names.filter((name) => settings[name] !== undefined);
  if (given.length === 0) return undefined;
  const missing = missingOf(settings, set);
  const first = given[0];
  const source = first === undefined ? undefined : settings.sources[first];
  if (missing.length === 0 || source === undefined) return undefined;
  const message =
    `The credentials are incomplete: ${missing.map(variableName).join(" and ")} ` +
    `${missing.length === 1 ? "is" : "are"} missing, while ${given
      .map((name) => describeGiven(settings, name))
      .join(" and ")}.`;
  const temporary = missing.length === 1 && missing[0] === set.token;
  const remedy = temporary
    ? `Keys that start with ASIA are temporary and need ${variableName(set.token ?? set.keyId)}; ` +
      "set it too, or remove all three and use SSO, a profile or a role."
    : `Set ${missing.map(variableName).join(" and ")}, or remove ${given
        .map(variableName)
        .join(" and ")}${set.token === undefined ? "." : " to use SSO, a profile or a role."}`;
  return {
    error: new StorageError("ConfigurationError", message, { remedy }),
    warning: { variable: variableName(given[0] ?? set.keyId), message, source },
  };
}

function missingOf(settings: CheckedSettings, set: KeySet): SettingName[] {
  const missing = [set.keyId, set.secret].filter((name) => settings[name] === undefined);
  const keyId = settings[set.keyId];
  const temporary = typeof keyId === "string" && keyId.startsWith("ASIA");
  if (temporary && set.token !== undefined && settings[set.token] === undefined) {
    missing.push(set.token);
  }
  return missing;
}

function mixedSet(settings: CheckedSettings, set: KeySet): SettingWarning[] {
  const names = [set.keyId, set.secret, ...(set.token === undefined ? [] : [set.token])];
  const given = names.filter((name) => settings[name] !== undefined);
  const kinds = new Set(given.map((name) => settings.sources[name]?.kind));
  const source = settings.sources[set.keyId];
  if (source === undefined) return [];
  const warnings: SettingWarning[] = [];
  const variable = variableName(set.keyId);
  if (kinds.size > 1) {
    const parts = given.map((name) => describeGiven(settings, name)).join(", ");
    warnings.push({ variable, message: `The keys come from different places: ${parts}.`, source });
  }
  const keyId = settings[set.keyId];
  const token = set.token === undefined ? undefined : settings[set.token];
  if (typeof keyId === "string" && keyId.startsWith("AKIA") && token !== undefined) {
    const message =
      "Keys that start with AKIA are long-lived; AWS refuses them together with a session token.";
    warnings.push({ variable, message, source });
  }
  return warnings;
}

function describeGiven(settings: CheckedSettings, name: SettingName): string {
  const source = settings.sources[name];
  const where = source === undefined ? "" : ` (${describeSource(source)})`;
  return `${variableName(name)} is set${where}`;
}

/** The name to write in a `.env` file. */
export function variableName(setting: SettingName): string {
  return settingVariables.find((variable) => variable.setting === setting)?.name ?? setting;
}
