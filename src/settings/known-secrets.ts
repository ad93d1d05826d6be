import type { Settings } from "./settings.ts";
import { settingVariables } from "./variables.ts";

/**
 * What is secret of the settings and of the environment: keys, tokens, and the passwords of proxies, as they
 * are written and decoded. For whoever takes them out of what is shown.
 */
export function knownSecrets(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const found: string[] = [];
  for (const { setting, secret } of settingVariables) {
    const value = settings[setting];
    if (typeof value !== "string") continue;
    if (secret === "whole") found.push(value);
    if (secret === "password") found.push(...passwordsIn(value));
  }
  for (const [name, value = ""] of Object.entries(environment)) {
    if (/secret|token$|token_|password/i.test(name)) found.push(value);
    if (/proxy$/i.test(name)) found.push(...passwordsIn(value));
  }
  return [...new Set(found)].filter((value) => value !== "");
}

function passwordsIn(url: string): string[] {
  const user = /^(?:[a-z]+:\/\/)?(.*)@/i.exec(url)?.[1];
  const password = user?.slice(user.indexOf(":") + 1);
  if (user?.includes(":") !== true || password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
