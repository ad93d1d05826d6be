export { FileServiceQumuloS3 } from "./open/file-service-qumulo-s3.ts";
export { FileServiceS3 } from "./open/file-service-s3.ts";
export { openStorage } from "./open/open-storage.ts";
export type { StorageOptions } from "./open/storage-options.ts";

export { getSettings } from "./settings/get-settings.ts";
export type { GetSettingsOptions } from "./settings/get-settings.ts";
export type { Settings, SettingSource, SettingWarning } from "./settings/settings.ts";

export { isStorageError, StorageError } from "./core/errors.ts";
export type { StorageErrorCode, StorageErrorDetails } from "./core/errors.ts";
export type { ByteRange } from "./core/byte-range.ts";
export type { Capabilities, Support } from "./core/capabilities.ts";
export type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "./core/checksum.ts";
export type { Credentials, CredentialsProvider } from "./core/credentials.ts";
export type { CallOptions } from "./core/object-store.ts";

export type {
  CopyFileOptions,
  DeleteFileOptions,
  DeleteManyResult,
  DirectoryListing,
  DownloadOptions,
  FileReading,
  FileService,
  FileStat,
  ListingItem,
  ListingOptions,
  Progress,
  RangeReadOptions,
  ReadOptions,
  ReplaceStrategy,
  ServerSideEncryption,
  UploadContents,
  UploadOptions,
  UploadResult,
  UploadStreamOptions,
} from "./files/file-service.ts";
