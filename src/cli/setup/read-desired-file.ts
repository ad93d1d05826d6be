import { resolve } from "node:path";
import { documentLimits } from "../../core/document-limits.ts";
import { readPlainFile, UnreadableFileError } from "../../server/read-plain-file.ts";
import type { SettingFlags } from "../../settings/find-values.ts";
import type { ParsedDesiredFile } from "../../setup/parse-desired-file.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { textOption, type OptionValues } from "../option-values.ts";
import { desiredFileName } from "./desired-options.ts";

export interface NamedDesiredFile extends ParsedDesiredFile {
  /** As it was named, for messages. */
  readonly file: string;
}

/**
 * The file of `--file`, else `sms-storage.yaml` of this folder; undefined where neither is. Throws
 * UsageError when a named one cannot be read, ConfigurationError for what is wrong in one.
 */
export async function readDesiredFile(
  context: CommandContext,
  options: OptionValues,
): Promise<NamedDesiredFile | undefined> {
  const named = textOption(options, "file");
  const file = named ?? desiredFileName;
  const source = await readText(resolve(context.runtime.cwd, file), file, named === undefined);
  if (source === undefined) return undefined;
  const { parseDesiredFile } = await import("../../setup/parse-desired-file.ts");
  return { file, ...parseDesiredFile(source, file) };
}

async function readText(
  path: string,
  file: string,
  mayBeMissing: boolean,
): Promise<string | undefined> {
  try {
    const bytes = await readPlainFile(path, documentLimits.documentBytes);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw new UsageError(`${file} is no UTF-8.`);
    if (mayBeMissing && error.message.includes("ENOENT")) return undefined;
    throw new UsageError(
      `${file} cannot be read: ${error.message}.`,
      "Give --file the path of a wish; docs/setup.md says what it can hold.",
    );
  }
}

/** What a file says of the store; flags of the command line beat it, and it beats the environment. */
export function settingsOf(found: NamedDesiredFile | undefined): SettingFlags {
  if (found === undefined) return {};
  const { backend, bucket, region, endpointUrl } = found.wish;
  return {
    bucket,
    ...(backend !== undefined && { backend }),
    ...(region !== undefined && { region }),
    ...(endpointUrl !== undefined && { "endpoint-url": endpointUrl }),
  };
}
