import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Names of the profiles in AWS's two shared files. The SDK goes on to other sources when a named
 * profile is missing, so that a typing mistake could end up as the machine's own role.
 */
export async function sharedProfiles(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlySet<string>> {
  const folder = join(homedir(), ".aws");
  const config = environment["AWS_CONFIG_FILE"] ?? join(folder, "config");
  const keys = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(folder, "credentials");
  const [configSections, keySections] = await Promise.all([sections(config), sections(keys)]);
  const named = configSections.flatMap((section) => {
    if (section === "default") return [section];
    const name = /^profile\s+(.+)$/.exec(section)?.[1];
    return name === undefined ? [] : [name.replaceAll(/^["']|["']$/g, "")];
  });
  return new Set([...named, ...keySections]);
}

/** Section headers of an INI file; none for a file that is missing or not ours to read. */
async function sections(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return [...text.matchAll(/^\s*\[([^\]\r\n]+)\]/gm)].map(([, name = ""]) => name.trim());
}
