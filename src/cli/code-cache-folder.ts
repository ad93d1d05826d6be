import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where what V8 made of the command is kept from run to run: `sms-api-storage` in `$XDG_CACHE_HOME`, by
 * default `~/.cache`; on macOS and Windows in the place for such files. Undefined: nowhere, as Node's own
 * `NODE_DISABLE_COMPILE_CACHE=1` says.
 */
export function codeCacheFolder(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string | undefined {
  if (environment["NODE_DISABLE_COMPILE_CACHE"] === "1") return undefined;
  const name = "sms-api-storage";
  const xdg = environment["XDG_CACHE_HOME"];
  // The specification says to ignore relative paths.
  if (xdg?.startsWith("/") === true) return join(xdg, name);
  if (platform === "darwin") return join(home, "Library", "Caches", name);
  if (platform === "win32") {
    return join(environment["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), name, "cache");
  }
  return join(home, ".cache", name);
}
