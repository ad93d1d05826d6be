import { inspect } from "node:util";
import type { Settings, SettingName } from "./settings.ts";
import { settingVariables, type SettingVariable } from "./variables.ts";

const mask = "********";

/** `AKIA********` for an access key, nothing of a secret. */
export function maskSecret(variable: Pick<SettingVariable, "secret">, value: string): string {
  if (variable.secret === undefined) return value;
  if (variable.secret === "password") return value.replace(/^([^/]*\/\/)?.*@/, `$1${mask}@`);
  // Short keys, as test servers have them, would be shown whole.
  return variable.secret === "tail" && value.length >= 8 ? value.slice(0, 4) + mask : mask;
}

/** The same settings, which show no secret when they are printed or turned into JSON. */
export function protectSecrets(settings: Settings): Settings {
  const shown = () => maskAll(settings);
  const copy = { ...settings };
  Object.defineProperty(copy, "toJSON", { value: shown });
  Object.defineProperty(copy, inspect.custom, { value: shown });
  return Object.freeze(copy);
}

function maskAll(settings: Settings): Record<string, unknown> {
  const masked: Partial<Record<SettingName, string>> = {};
  for (const variable of settingVariables) {
    const value = settings[variable.setting];
    if (variable.secret !== undefined && typeof value === "string") {
      masked[variable.setting] = maskSecret(variable, value);
    }
  }
  return { ...settings, ...masked };
}
