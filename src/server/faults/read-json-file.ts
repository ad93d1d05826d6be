import { StorageError } from "../../core/errors.ts";
import { playedLimits } from "../../core/played-limits.ts";
import { readPlainFile } from "../read-plain-file.ts";

/** The JSON of a file of faults. Throws StorageError ConfigurationError. */
export async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = (await readPlainFile(path, playedLimits.faultFileBytes)).toString("utf8");
  } catch (cause) {
    throw unusable(path, "cannot be read", cause);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw unusable(path, "is no JSON", cause);
  }
}

function unusable(path: string, what: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError("ConfigurationError", `The file of faults ${path} ${what}: ${reason}.`, {
    remedy: 'Name a file such as {"rules": [{"fault": "slow-down", "rate": 0.1}]}.',
    cause,
  });
}
