import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseDotenv } from "./parse-dotenv.ts";
import { writeDotenv } from "./write-dotenv.ts";

/** A `.env` file that others read from and write to without seeing what is not theirs. */
export interface DotenvFile {
  readonly path: string;
  /** The values of these names; missing ones are left out, a missing file has none. */
  read(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Merges values in; throws for the names of secrets. See `writeDotenv`. */
  write(values: Readonly<Record<string, string>>): Promise<void>;
}

export function dotenvFile(path: string): DotenvFile {
  const file = resolve(path);
  return {
    path: file,
    read: async (names) => {
      const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      const { entries } = parseDotenv(text);
      const wanted = entries.filter(({ name }) => names.includes(name));
      return Object.fromEntries(wanted.map(({ name, value }) => [name, value]));
    },
    write: async (values) => {
      await writeDotenv(file, values);
    },
  };
}
