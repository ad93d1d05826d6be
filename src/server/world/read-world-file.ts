import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { worldLimits } from "../../core/world-limits.ts";
import { readKeySet } from "../sts/web-identity/oidc-providers.ts";
import type { World } from "./world.ts";

/**
 * Reads a world of YAML or JSON. Throws StorageError ConfigurationError with each fault as
 * `file:line:column: path problem`, up to a bound.
 */
export async function readWorldFile(file: string, region: string): Promise<World> {
  const text = await readText(file);
  const { parseWorld } = await import("./parse-world.ts");
  return await withKeyFiles(parseWorld(text, file, { region }), dirname(file));
}

/** Paths of issuers' keys by themselves. They are read here once, so that a fault is told at the start. */
async function withKeyFiles(world: World, folder: string): Promise<World> {
  const accounts = new Map(world.accounts);
  for (const [id, account] of world.accounts) {
    const oidcProviders = new Map(account.oidcProviders);
    for (const [issuer, provider] of account.oidcProviders) {
      const jwksFile = resolve(folder, provider.jwksFile);
      await readKeySet(jwksFile);
      oidcProviders.set(issuer, { ...provider, jwksFile });
    }
    accounts.set(id, { ...account, oidcProviders });
  }
  return { ...world, accounts };
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
