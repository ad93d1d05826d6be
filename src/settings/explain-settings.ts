import { maskSecret } from "./protect-secrets.ts";
import type { Settings, SettingSource } from "./settings.ts";
import { settingVariables } from "./variables.ts";

export interface ExplainedSetting {
  /** The variable, such as `STORAGE_S3_BUCKET`. */
  readonly name: string;
  readonly description: string;
  /** Secrets masked; undefined: not set. */
  readonly value: string | undefined;
  readonly source: SettingSource | undefined;
}

/** One row per variable, set or not, in the order of the documentation. Safe to print. */
export function explainSettings(settings: Settings): readonly ExplainedSetting[] {
  return settingVariables.map((variable) => {
    const value = settings[variable.setting];
    return {
      name: variable.name,
      description: variable.description,
      value: value === undefined ? undefined : maskSecret(variable, String(value)),
      source: settings.sources[variable.setting],
    };
  });
}
