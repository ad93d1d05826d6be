import {
  type Check,
  type OptionChecks,
  callChecks,
  isCallback,
  isFlag,
  isOneOf,
  isText,
  isWholeNumber,
} from "../core/check-options.ts";
import { transferLimits } from "../core/limits.ts";
import type { ExtractArchiveOptions, StreamArchiveOptions } from "./archive-types.ts";
import { isConcurrency, uploadFileChecks } from "./option-checks.ts";

/** Of `include` and `exclude`. */
export const isPatterns: Check = (value) => {
  const { selectionRules, patternCharacters } = transferLimits;
  const isList = Array.isArray(value) && value.length <= selectionRules;
  const isOne = (pattern: unknown): boolean =>
    typeof pattern === "string" && pattern !== "" && pattern.length <= patternCharacters;
  return isList && value.every(isOne)
    ? undefined
    : `an array of up to ${selectionRules} patterns of 1 to ${patternCharacters} characters`;
};

const isManifestChoice: Check = (value) =>
  typeof value === "boolean" || (typeof value === "string" && value !== "")
    ? undefined
    : "true, false or the name of a file";

export const archiveChecks: OptionChecks<StreamArchiveOptions> = {
  ...callChecks,
  format: isOneOf("tar", "tar.gz", "zip"),
  include: isPatterns,
  exclude: isPatterns,
  filter: isCallback,
  root: isText,
  onMissing: isOneOf("error", "report"),
  manifest: isManifestChoice,
  allowEmpty: isFlag,
  level: isWholeNumber(0, 9),
  concurrency: isConcurrency,
  onProgress: isCallback,
};

export const extractChecks: OptionChecks<ExtractArchiveOptions> = {
  ...callChecks,
  format: archiveChecks.format,
  include: isPatterns,
  exclude: isPatterns,
  onUnsafe: isOneOf("error", "report"),
  maxEntries: isWholeNumber(1),
  maxBytes: isWholeNumber(0),
  maxRatio: isWholeNumber(1),
  concurrency: isConcurrency,
  onProgress: isCallback,
  ifAbsent: isFlag,
  replace: uploadFileChecks.replace,
  sse: uploadFileChecks.sse,
  storageClass: uploadFileChecks.storageClass,
  tags: uploadFileChecks.tags,
  keepModifiedTime: isFlag,
};
