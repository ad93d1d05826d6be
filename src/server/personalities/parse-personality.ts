import { StorageError } from "../../core/errors.ts";
import type { Personality, Refusal } from "./personality.ts";
import { qumuloPersonality } from "./play-qumulo.ts";

/**
 * Which store the server plays: `aws` (undefined: nothing is played), `qumulo` or `qumulo@7.1.2`;
 * `overwriteRefusal` is `CODE[:STATUS]`. Throws StorageError ConfigurationError, which names what there is.
 */
export function parsePersonality(text: string, overwriteRefusal?: string): Personality | undefined {
  const [, name, version] = /^([^@]*)(?:@(.*))?$/.exec(text) ?? [];
  if (name === "aws" && version === undefined) {
    if (overwriteRefusal === undefined) return undefined;
    throw new StorageError(
      "ConfigurationError",
      "AWS S3 overwrites objects, so that there is no refusal to choose.",
      { remedy: "Choose the personality qumulo, or leave the refusal of overwrites out." },
    );
  }
  if (name === "qumulo") {
    const refusal = overwriteRefusal === undefined ? undefined : parseRefusal(overwriteRefusal);
    return qumuloPersonality(version ?? "latest", refusal);
  }
  const message = text === "" ? "No personality is named." : `There is no personality ${text}.`;
  throw new StorageError("ConfigurationError", message, {
    remedy:
      "Use aws, qumulo (its latest version), or qumulo@ with a version, such as qumulo@7.1.2.",
  });
}

/** What the codes that clients have been seen to be given usually come with. */
const usualStatus: Readonly<Record<string, number>> = {
  MethodNotAllowed: 405,
  OperationAborted: 409,
  PreconditionFailed: 412,
};

function parseRefusal(text: string): Refusal {
  const [, code, digits] = /^([A-Za-z][A-Za-z0-9.]{0,63})(?::([45]\d\d))?$/.exec(text) ?? [];
  if (code !== undefined) {
    return { code, status: digits === undefined ? (usualStatus[code] ?? 403) : Number(digits) };
  }
  throw new StorageError(
    "ConfigurationError",
    `${text} does not say how an overwrite is refused.`,
    { remedy: "Give CODE or CODE:STATUS with a status from 400 to 599, such as AccessDenied:403." },
  );
}
