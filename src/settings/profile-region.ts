import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./find-values.ts";

/** A region as one of AWS's shared files names it. `line` counts from 1. */
export interface ProfileRegion {
  readonly region: string;
  readonly file: string;
  readonly line: number;
}

/**
 * The region of a profile in AWS's shared files, where the environment leads to them; undefined: none
 * is named. A file that is missing or not ours to read names none.
 */
export function profileRegion(
  profile: string,
  environment: Environment,
): ProfileRegion | undefined {
  const home = environment["HOME"] ?? environment["USERPROFILE"];
  const inHome = (name: string) => (home === undefined ? undefined : join(home, ".aws", name));
  const config = environment["AWS_CONFIG_FILE"] ?? inHome("config");
  const keys = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? inHome("credentials");
  const header = profile === "default" ? ["default", "profile default"] : [`profile ${profile}`];
  return findRegion(config, header) ?? findRegion(keys, [profile]);
}

function findRegion(
  file: string | undefined,
  headers: readonly string[],
): ProfileRegion | undefined {
  if (file === undefined) return undefined;
  let isInside = false;
  for (const [index, text] of readLines(file).entries()) {
    const header = /^\s*\[([^\]]+)\]/.exec(text)?.[1];
    if (header !== undefined) {
      isInside = headers.includes(header.trim().replaceAll(/\s+/g, " ").replaceAll(/["']/g, ""));
      continue;
    }
    // Indented lines belong to a nested block.
    const value = /^region\s*=\s*([^\s#;]+)/.exec(text)?.[1];
    if (isInside && value !== undefined) return { region: value, file, line: index + 1 };
  }
  return undefined;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch {
    return [];
  }
}
