import { open } from "node:fs/promises";
import { StorageError } from "../../core/errors.ts";
import { playedLimits } from "../../core/played-limits.ts";

/** The JSON of a file of faults. Throws StorageError ConfigurationError. */
export async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(playedLimits.faultFileBytes + 1),
        0,
        playedLimits.faultFileBytes + 1,
      );
      if (bytesRead > playedLimits.faultFileBytes) {
        throw new Error(`it has more than ${playedLimits.faultFileBytes} bytes`);
      }
      text = buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
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
