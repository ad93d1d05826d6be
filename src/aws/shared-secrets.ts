import { readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { readSharedFiles } from "./shared-profiles.ts";

const secretName = /secret|token$|password/i;

/** More and larger ones are of no tool that keeps keys. */
const most = { files: 100, bytes: 64 * 1024 };

/**
 * What AWS's tools keep of keys on this machine: in the shared files, and in the caches of sign-ins and of
 * roles. For whoever takes them out of what is shown. What is missing or not ours to read holds nothing.
 *
 * `home`: the home folder. Default: that of the user.
 */
export async function sharedSecrets(
  environment: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): Promise<readonly string[]> {
  const { profiles } = await readSharedFiles(environment, home);
  const kept = [...profiles.values()].flatMap((section) => [...section]);
  const cached = await Promise.all(
    ["sso", "cli"].map((tool) => secretsInFolder(join(home, ".aws", tool, "cache"))),
  );
  const found = [
    ...kept.flatMap(([name, value]) => (secretName.test(name) ? [value] : [])),
    ...cached.flat(),
  ];
  return [...new Set(found)].filter((value) => value !== "");
}

async function secretsInFolder(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).slice(0, most.files);
  const found = await Promise.all(files.map((name) => secretsInFile(join(folder, name))));
  return found.flat();
}

async function secretsInFile(path: string): Promise<string[]> {
  try {
    if ((await stat(path)).size > most.bytes) return [];
    return secretsIn(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return [];
  }
}

function secretsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
    if (typeof each === "string") return secretName.test(name) ? [each] : [];
    return secretsIn(each);
  });
}
