import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where work is remembered from run to run, such as interrupted transfers:
 * `$XDG_STATE_HOME/sms-api-storage`, by default `~/.local/state/sms-api-storage`; on macOS and Windows
 * a folder beside the data. Source: XDG Base Directory Specification 0.8.
 */
export function defaultStateFolder(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const name = "sms-api-storage";
  const xdg = environment["XDG_STATE_HOME"];
  // The specification says to ignore relative paths.
  if (xdg?.startsWith("/") === true) return join(xdg, name);
  if (platform === "darwin") return join(home, "Library", "Application Support", name, "state");
  if (platform === "win32") {
    return join(environment["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), name, "state");
  }
  return join(home, ".local", "state", name);
}
