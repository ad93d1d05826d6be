import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The product's sources, tests left out: path under src/, with `/`, -> text. */
export function readSources(): Map<string, string> {
  const sources = new Map<string, string>();
  const folder = join(root, "src");
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = entry.replaceAll("\\", "/");
    if (!path.endsWith(".ts") || isTestFile(path)) continue;
    sources.set(path, readFileSync(join(folder, entry), "utf8"));
  }
  return sources;
}

function isTestFile(path: string): boolean {
  return path.endsWith(".test.ts") || path.includes("/testing-fixtures/");
}
