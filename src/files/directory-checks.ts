import {
  type OptionChecks,
  callChecks,
  headerChecks,
  isCallback,
  isFilledText,
  isFlag,
  isOneOf,
  isTags,
  isWholeNumber,
} from "../core/check-options.ts";
import { isPatterns } from "./archive-checks.ts";
import type {
  DirectoryOptions,
  DownloadDirectoryOptions,
  SyncDirectoryOptions,
  UploadDirectoryOptions,
} from "./directory-types.ts";
import { isEncryptionChoice } from "./option-checks.ts";

const directoryChecks: OptionChecks<DirectoryOptions> = {
  ...callChecks,
  include: isPatterns,
  exclude: isPatterns,
  dryRun: isFlag,
  onFailure: isOneOf("throw", "report"),
  allowEmpty: isFlag,
  onProgress: isCallback,
};

const sentChecks = {
  ...headerChecks,
  tags: isTags,
  sse: isEncryptionChoice,
  links: isOneOf("files", "all", "none"),
};

export const uploadDirectoryChecks: OptionChecks<UploadDirectoryOptions> = {
  ...directoryChecks,
  ...sentChecks,
  overwrite: isFlag,
};

export const downloadDirectoryChecks: OptionChecks<DownloadDirectoryOptions> = {
  ...directoryChecks,
  overwrite: isFlag,
};

export const syncDirectoryChecks: OptionChecks<SyncDirectoryOptions> = {
  ...directoryChecks,
  ...sentChecks,
  delete: isFlag,
  maxDelete: isWholeNumber(0),
  compare: isOneOf("content", "size"),
  memoryFolder: isFilledText,
};
