import { createHash } from "node:crypto";
import { mib } from "../../core/limits.ts";
import { patternBytes } from "./engine-calls.ts";

export const modelBuckets = ["one", "two"] as const;
export const modelKeys = [
  "a",
  "a/",
  "a/b",
  "a/b/c",
  "a0",
  "b",
  "é",
  "z\u0000",
  "z\u0000\u0001",
] as const;
/** Inline, on both sides of the border, a file, and the smallest part that may stand before others. */
export const sizes = [0, 1, 16 * 1024, 16 * 1024 + 1, 70_000, 5 * mib] as const;

const contents = new Map<string, Buffer>();

export function contentFor(size: number, seed: number): Buffer {
  const name = `${size} ${seed % 7}`;
  const known = contents.get(name) ?? patternBytes(size, (seed % 7) + 1);
  contents.set(name, known);
  return known;
}

export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

export function pick<T>(list: readonly T[], at: number): T {
  const chosen = list[at % list.length];
  if (chosen === undefined) throw new Error("Nothing to choose from.");
  return chosen;
}
