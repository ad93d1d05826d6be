import { type Check, isFilledText, isPlainObject } from "../core/check-options.ts";
import { cacheCredentials } from "../core/credential-cache.ts";
import type { Credentials, CredentialsProvider } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";

const wanted = "{ accessKeyId, secretAccessKey, sessionToken?, expiration? }";

/** Keys, or a function that brings them. Of their values nothing is ever said. */
export const areCredentials: Check = (value) =>
  typeof value === "function" || areKeys(value) ? undefined : `${wanted} or a function of them`;

function areKeys(value: unknown): value is Credentials {
  if (!isPlainObject(value)) return false;
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = value;
  const isDate = expiration instanceof Date && !Number.isNaN(expiration.getTime());
  return (
    isFilledText(accessKeyId) === undefined &&
    isFilledText(secretAccessKey) === undefined &&
    (sessionToken === undefined || typeof sessionToken === "string") &&
    (expiration === undefined || isDate)
  );
}

/** The program's own keys or its function, which may as well be a provider of AWS's SDK. */
export function givenCredentials(given: Credentials | CredentialsProvider): CredentialsProvider {
  if (typeof given !== "function") return () => Promise.resolve(given);
  return cacheCredentials((hint) => ask(given, hint?.refresh === true), { endless: "ask" });
}

async function ask(
  provider: CredentialsProvider,
  refresh: boolean,
): Promise<Credentials | undefined> {
  let keys: unknown;
  try {
    keys = await (refresh ? provider({ refresh, forceRefresh: true }) : provider());
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("Unauthenticated", `The function for credentials failed: ${reason}`, {
      remedy: "Sign in again, or correct what is given as the option credentials.",
      cause: error,
    });
  }
  if (keys === undefined || areKeys(keys)) return keys;
  throw new StorageError("Unauthenticated", "The function for credentials gave no keys.", {
    remedy: `It has to resolve to ${wanted}, or to undefined for anonymous requests.`,
  });
}
