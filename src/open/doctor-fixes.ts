import { chmod, readFile } from "node:fs/promises";
import type { FixTemplate } from "../checks/doctor/cause-row.ts";
import type { DoctorFacts } from "../checks/doctor/doctor-facts.ts";
import { missingParts } from "../checks/doctor/missing-parts.ts";
import type { ServerSideEncryptionConfiguration } from "../core/bucket-settings.ts";
import { isRegionName } from "../core/partition.ts";
import { dotenvFile } from "../settings/dotenv-file.ts";
import { parseDotenv } from "../settings/parse-dotenv.ts";
import type { Settings } from "../settings/settings.ts";
import { replaceDotenv } from "../settings/write-dotenv.ts";
import { openBucketAdmin } from "./open-bucket-admin.ts";

/** A fix that can be carried out here, in words and as a deed. */
export interface PlannedFix {
  /** What will be another way, old and new value included. */
  readonly text: string;
  readonly apply: () => Promise<void>;
}

interface FixTarget {
  readonly settings: Settings;
  readonly envFile: string;
  readonly facts: DoctorFacts;
}

/** Text instead of a plan: why it cannot be done from here. */
export async function planFix(fix: FixTemplate, target: FixTarget): Promise<PlannedFix | string> {
  switch (fix.kind) {
    case "set-variable":
      return setVariable(fix, target);
    case "comment-out-keys":
      return commentOutKeys(target);
    case "make-private":
      return {
        text: `${target.envFile}: mode 600, so that its owner alone reads it`,
        apply: () => chmod(target.envFile, 0o600),
      };
    case "encrypt-by-default":
      return encryptByDefault(target);
  }
}

function setVariable(
  { name, value }: Extract<FixTemplate, { kind: "set-variable" }>,
  { settings, envFile }: FixTarget,
): PlannedFix | string {
  if (!isRegionName(value) || value === value.toUpperCase()) {
    return "the store does not say which region it is";
  }
  const source = settings.sources.storageS3Region;
  if (source?.kind === "flag")
    return `${source.name} is given on the command line, and counts first`;
  if (source?.kind === "environment" && source.name === name) {
    return `${name} is set in the environment, which counts before .env: change it there`;
  }
  return {
    text: `${envFile}: ${name}=${value} (now ${settings.storageS3Region})`,
    apply: () => dotenvFile(envFile).write({ [name]: value }),
  };
}

/** Lines of a set of keys that lacks a part; its secret stays where it was, behind a `#`. */
async function commentOutKeys({ facts, envFile }: FixTarget): Promise<PlannedFix | string> {
  const broken = (facts.variables ?? []).filter((each) => missingParts(each).length > 0);
  const prefixes = broken
    .filter(({ source }) => source !== "environment")
    .map(({ prefix }) => prefix);
  if (prefixes.length === 0) return "they stand in the environment: unset them there";
  const parts = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"];
  const names = new Set(prefixes.flatMap((prefix) => parts.map((part) => prefix + part)));
  const text = await readFile(envFile, "utf8");
  const entries = parseDotenv(text).entries.filter(({ name }) => names.has(name));
  const lines = entries.map(({ name, line }) => `${name} (line ${line})`).join(", ");
  const become = entries.length === 1 ? "becomes a comment" : "become comments";
  return {
    text: `${envFile}: ${lines} ${become}`,
    apply: async () => {
      let changed = text;
      for (const { start, end } of entries.toReversed()) {
        const kept = changed.slice(start, end).replaceAll(/^/gm, "# ");
        changed = changed.slice(0, start) + kept + changed.slice(end);
      }
      await replaceDotenv(envFile, changed);
    },
  };
}

/** What else the setting holds, such as blocked types, stays. */
async function encryptByDefault({ settings, facts }: FixTarget): Promise<PlannedFix | string> {
  const { bucket, encryption = "its default", kmsKey } = facts;
  if (bucket === undefined) return "no bucket is set";
  const before = kmsKey === undefined ? encryption : `${encryption} under ${kmsKey}`;
  return {
    text: `${bucket}: new objects are encrypted with AES256 (SSE-S3) (now ${before})`,
    apply: async () => {
      const { admin } = await openBucketAdmin(settings);
      try {
        const now = await admin.read(bucket, "encryption");
        await admin.put(bucket, "encryption", withSseS3(now));
      } finally {
        admin.close();
      }
    },
  };
}

function withSseS3(
  now: ServerSideEncryptionConfiguration | undefined,
): ServerSideEncryptionConfiguration {
  const [{ BucketKeyEnabled: _key, ...rest } = {}] = now?.Rules ?? [];
  return {
    ...now,
    Rules: [{ ...rest, ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
  };
}
