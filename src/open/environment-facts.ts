import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type {
  CredentialVariables,
  DotenvFacts,
  EnvironmentFacts,
} from "../checks/audit/environment-facts.ts";
import { parseDotenv } from "../settings/parse-dotenv.ts";

export interface EnvironmentPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Undefined: no `.env` is looked at. */
  readonly envFile: string | undefined;
}

const prefixes = ["STORAGE_S3_", "STORAGE_QUMULO_", "AWS_"] as const;

/** How long git may take to say whether it ignores a file. */
const gitTimeoutMs = 5000;

/** Which kinds of keys are set and where; of a key's id four letters are kept, of secrets nothing. */
export async function readEnvironmentFacts({
  environment,
  envFile,
}: EnvironmentPlace): Promise<EnvironmentFacts> {
  const text = envFile === undefined ? undefined : await readIfThere(envFile);
  const { entries } = parseDotenv(text ?? "");
  const inFile = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
  return {
    credentials: [
      ...credentialsIn(environment, "environment"),
      ...credentialsIn(inFile, envFile ?? ".env"),
    ],
    dotenv: envFile === undefined || text === undefined ? undefined : await dotenvFacts(envFile),
  };
}

function credentialsIn(
  values: Readonly<Record<string, string | undefined>>,
  source: string,
): CredentialVariables[] {
  return prefixes.flatMap((prefix) => {
    const [id = "", secret = "", token = ""] = [
      "ACCESS_KEY_ID",
      "SECRET_ACCESS_KEY",
      "SESSION_TOKEN",
    ].map((name) => values[prefix + name]);
    if (id === "" && secret === "" && token === "") return [];
    return [
      {
        source,
        prefix,
        keyKind: id === "" ? undefined : id.slice(0, 4),
        hasSecret: secret !== "",
        hasToken: token !== "",
      },
    ];
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function dotenvFacts(path: string): Promise<DotenvFacts> {
  const { mode } = await stat(path);
  return {
    path,
    mode: process.platform === "win32" ? undefined : mode & 0o777,
    isIgnoredByGit: await isIgnoredByGit(path),
  };
}

/** Git answers 0 for ignored, 1 for not, 128 outside of a working tree. */
async function isIgnoredByGit(path: string): Promise<boolean | undefined> {
  const options = { cwd: dirname(path), timeout: gitTimeoutMs };
  try {
    await promisify(execFile)("git", ["check-ignore", "--quiet", "--", path], options);
    return true;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 1 ? false : undefined;
  }
}
