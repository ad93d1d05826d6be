import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findEnvFile } from "../../settings/get-settings.ts";
import { parseDotenv } from "../../settings/parse-dotenv.ts";
import { writeDotenv } from "../../settings/write-dotenv.ts";
import type { EnvFile } from "../../setup/aspect.ts";
import type { CommandContext } from "../context.ts";

/** The `.env` that a set-up writes: the named one, the nearest one, or a new one right here. */
export function dotenvPath(context: CommandContext): string {
  const { cwd } = context.runtime;
  const { envFile } = context;
  const found = findEnvFile({ cwd, ...(envFile === undefined ? {} : { envFile }) });
  return found ?? join(cwd, ".env");
}

/** A `.env` as the set-up sees it. */
export function dotenvFile(path: string): EnvFile {
  return {
    path,
    read: async (names) => {
      const values = await readDotenv(path);
      return Object.fromEntries(
        names.flatMap((name) => {
          const value = values.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      );
    },
    write: async (values) => {
      await writeDotenv(path, values);
    },
  };
}

/** All values of a `.env`; empty when there is no such file. The last of a name counts. */
export async function readDotenv(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return new Map(parseDotenv(text).entries.map(({ name, value }) => [name, value]));
}
