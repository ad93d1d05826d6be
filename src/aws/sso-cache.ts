import { readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../disk/make-folder.ts";
import { replaceFile } from "../disk/replace-file.ts";
import { StorageError } from "../core/errors.ts";

/** A sign-in as AWS's tools keep it: the AWS CLI, boto3 and the SDKs read and renew the same file. */
export interface CachedSignIn {
  readonly startUrl: string;
  readonly region: string;
  readonly accessToken: string;
  /** ISO 8601 in UTC, whole seconds, as botocore writes and reads it. */
  readonly expiresAt: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly registrationExpiresAt: string;
  readonly refreshToken?: string;
}

/** Whole or not at all, for its owner alone. Throws ConfigurationError. */
export async function writeSignIn(file: string, signIn: CachedSignIn): Promise<void> {
  try {
    makeFolder(dirname(file), 0o700);
    await replaceFile(file, JSON.stringify(signIn));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError("ConfigurationError", `The sign-in cannot be kept: ${reason}`, {
      remedy: `Make the folder ${dirname(file)} writable for yourself.`,
      cause,
    });
  }
}

/** What of it is needed to say how long it lasts, and to end it; undefined: there is none to read. */
export async function readSignIn(
  file: string,
): Promise<Pick<CachedSignIn, "accessToken" | "expiresAt" | "refreshToken"> | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { accessToken, expiresAt, refreshToken } = (value ?? {}) as Record<string, unknown>;
  if (typeof accessToken !== "string" || typeof expiresAt !== "string") return undefined;
  return { accessToken, expiresAt, ...(typeof refreshToken === "string" && { refreshToken }) };
}

export async function removeSignIn(file: string): Promise<void> {
  await rm(file, { force: true });
}
