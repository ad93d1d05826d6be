import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the embedded server keeps its data: `$XDG_DATA_HOME/sms-api-storage`, by default
 * `~/.local/share/sms-api-storage`; on macOS and Windows the folder that is usual there.
 * Source: XDG Base Directory Specification 0.8.
 */
export function defaultDataFolder(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const name = "sms-api-storage";
  const xdg = environment["XDG_DATA_HOME"];
  // The specification says to ignore relative paths.
  if (xdg?.startsWith("/") === true) return join(xdg, name);
  if (platform === "darwin") return join(home, "Library", "Application Support", name);
  if (platform === "win32") {
    return join(environment["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), name);
  }
  return join(home, ".local", "share", name);
}
