import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Values by name; those of a nested block under its own name, such as `s3.endpoint_url`. */
type Section = ReadonlyMap<string, string>;

/** What AWS's two shared files say. */
export interface SharedFiles {
  /** By name; a profile may stand in both files, and then the config file counts. */
  readonly profiles: ReadonlyMap<string, Section>;
  /** `[services ...]` of the config file. */
  readonly services: ReadonlyMap<string, Section>;
  /** `[sso-session ...]` of the config file. */
  readonly ssoSessions: ReadonlyMap<string, Section>;
}

/**
 * Reads AWS's shared files as the SDK finds them; a file that is missing or not ours to read is
 * empty. The SDK itself goes on to other sources when a named profile is missing, so that a typing
 * mistake could end up as the machine's own role.
 */
export async function readSharedFiles(
  environment: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): Promise<SharedFiles> {
  const [config, keys] = pathsOf(environment, home);
  const [configSections, keySections] = await Promise.all([
    readSections(config),
    readSections(keys),
  ]);
  const profiles = new Map(keySections);
  const services = new Map<string, Section>();
  const ssoSessions = new Map<string, Section>();
  for (const [header, values] of configSections) {
    const [, kind = "profile", name = ""] =
      /^(?:(profile|services|sso-session)\s+)?(.+)$/.exec(header) ?? [];
    const plain = name.replaceAll(/^["']|["']$/g, "");
    if (kind === "services") services.set(plain, values);
    else if (kind === "sso-session") ssoSessions.set(plain, values);
    else if (header === "default" || header !== name) {
      profiles.set(plain, new Map([...(profiles.get(plain) ?? []), ...values]));
    }
  }
  return { profiles, services, ssoSessions };
}

/** Of the config file and of the one of keys. */
function pathsOf(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): readonly [string, string] {
  const folder = join(home, ".aws");
  return [
    environment["AWS_CONFIG_FILE"] ?? join(folder, "config"),
    environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(folder, "credentials"),
  ];
}

async function readSections(path: string): Promise<Map<string, Section>> {
  const text = await readFile(path, "utf8").catch(() => "");
  const sections = new Map<string, Map<string, string>>();
  let reader: SectionReader | undefined;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim();
    if (header === undefined) {
      reader?.read(line);
      continue;
    }
    const values = sections.get(header) ?? new Map<string, string>();
    sections.set(header, values);
    reader = new SectionReader(values);
  }
  return sections;
}

/** Reads the lines of one section; indented ones belong to the name above that has no value. */
class SectionReader {
  readonly #values: Map<string, string>;
  #block = "";

  constructor(values: Map<string, string>) {
    this.#values = values;
  }

  read(line: string): void {
    const match = /^(\s*)([^=#;\s][^=]*?)\s*=(.*)$/.exec(line);
    if (match === null) return;
    const [, indent = "", name = "", raw = ""] = match;
    const value = raw.replace(/(?:^|\s)[#;].*$/, "").trim();
    if (indent === "") this.#block = value === "" ? `${name}.` : "";
    this.#values.set(indent === "" ? name : this.#block + name, value);
  }
}
