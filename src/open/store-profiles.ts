import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../disk/make-folder.ts";
import { profileLimits } from "../core/store-limits.ts";
import type { StoreProfile } from "../core/store-profile.ts";
import { replaceFile } from "../disk/replace-file.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { defaultStateFolder } from "./state-folder.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a profile is told apart by. */
export type ProfiledStore = Pick<StoreSettings, "endpointUrl" | "dialect">;

/** `profiles/HASH.json` of the state folder; undefined for AWS, whose ways are known. */
function profileFile(
  { endpointUrl, dialect }: ProfiledStore,
  environment: Environment = process.env,
): string | undefined {
  if (endpointUrl === undefined || dialect === "aws") return undefined;
  const name = createHash("sha256").update(`${endpointUrl} ${dialect}`).digest("hex").slice(0, 32);
  return join(defaultStateFolder(environment), "profiles", `${name}.json`);
}

/**
 * What a probe has recorded of this store. Undefined where it has not, where that is older than
 * `profileLimits.ageMs`, or of another store, or where the file is no profile.
 */
export function recordedProfile(
  store: ProfiledStore,
  environment: Environment = process.env,
  now: number = Date.now(),
): StoreProfile | undefined {
  const file = profileFile(store, environment);
  if (file === undefined) return undefined;
  try {
    if (statSync(file).size > profileLimits.bytes) return undefined;
    const profile: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isProfile(profile) && isOf(profile, store) && isFresh(profile, now)
      ? profile
      : undefined;
  } catch {
    // None, or none that can be read: the dialect alone says what the store does.
    return undefined;
  }
}

/** For the next to connect. Answers the file; undefined for AWS. */
export async function recordProfile(
  profile: StoreProfile,
  environment: Environment = process.env,
): Promise<string | undefined> {
  const { endpoint: endpointUrl, dialect } = profile;
  const file = profileFile({ endpointUrl, dialect }, environment);
  if (file === undefined) return undefined;
  makeFolder(dirname(file), 0o700);
  await replaceFile(file, `${JSON.stringify(profile, undefined, 2)}\n`, { flush: false });
  return file;
}

function isOf(profile: StoreProfile, { endpointUrl, dialect }: ProfiledStore): boolean {
  return profile.endpoint === endpointUrl && profile.dialect === dialect;
}

function isFresh({ probedAt }: StoreProfile, now: number): boolean {
  const age = now - Date.parse(probedAt);
  return age >= -profileLimits.skewMs && age <= profileLimits.ageMs;
}

function isProfile(value: unknown): value is StoreProfile {
  if (typeof value !== "object" || value === null) return false;
  const { version, endpoint, dialect, probedAt, facts } = value as Record<string, unknown>;
  const texts = [endpoint, dialect, probedAt].every((text) => typeof text === "string");
  return version === 1 && texts && Array.isArray(facts) && facts.every(isFact);
}

function isFact(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { name, finding } = value as Record<string, unknown>;
  return typeof name === "string" && (typeof finding === "string" || typeof finding === "number");
}
