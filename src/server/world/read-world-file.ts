import { readFile, stat } from "node:fs/promises";
import { StorageError } from "../../core/errors.ts";
import { worldLimits } from "../../core/world-limits.ts";
import type { World } from "./world.ts";

/**
 * Reads a world of YAML or JSON. Throws StorageError ConfigurationError with each fault as
 * `file:line:column: path problem`, up to a bound.
 */
export async function readWorldFile(file: string, region: string): Promise<World> {
  const text = await readText(file);
  const { parseWorld } = await import("./parse-world.ts");
  return parseWorld(text, file, { region });
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > worldLimits.documentBytes) {
      throw worldFileError(
        `The world file ${file} has ${size} bytes; ${worldLimits.documentBytes} are allowed.`,
      );
    }
    const bytes = await readFile(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof StorageError) throw cause;
    if (cause instanceof TypeError) throw worldFileError(`The world file ${file} is no UTF-8.`);
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw worldFileError(`The world file ${file} cannot be read (${code}).`, cause);
  }
}

function worldFileError(message: string, cause?: unknown): StorageError {
  return new StorageError("ConfigurationError", message, {
    remedy: "Give the path of a world file; docs/world.md says what it can hold.",
    ...(cause !== undefined && { cause }),
  });
}
