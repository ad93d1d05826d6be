import { dirname, resolve } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { documentLimits } from "../../core/document-limits.ts";
import { readPlainFile, UnreadableFileError } from "../read-plain-file.ts";
import { readKeySet } from "../sts/web-identity/oidc-providers.ts";
import type { World } from "./world.ts";

/**
 * Reads a world of YAML or JSON. Throws StorageError ConfigurationError with each fault as
 * `file:line:column: path problem`, up to a bound.
 */
export async function readWorldFile(file: string, region: string): Promise<World> {
  const text = await readText(file);
  const { parseWorld } = await import("./parse-world.ts");
  const folder = dirname(file);
  return withTrailFiles(await withKeyFiles(parseWorld(text, file, { region }), folder), folder);
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

function withTrailFiles(world: World, folder: string): World {
  const accounts = new Map(
    [...world.accounts].map(([id, account]) => {
      const trails = new Map(
        [...account.trails].map(([name, { file, ...trail }]) => [
          name,
          { ...trail, ...(file !== undefined && { file: resolve(folder, file) }) },
        ]),
      );
      return [id, { ...account, trails }];
    }),
  );
  return { ...world, accounts };
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readPlainFile(file, documentLimits.documentBytes);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof UnreadableFileError) {
      throw worldFileError(`The world file ${file} cannot be read: ${cause.message}.`, cause);
    }
    throw worldFileError(`The world file ${file} is no UTF-8.`, cause);
  }
}

function worldFileError(message: string, cause: unknown): StorageError {
  return new StorageError("ConfigurationError", message, {
    remedy: "Give the path of a world file; docs/world.md says what it can hold.",
    cause,
  });
}
