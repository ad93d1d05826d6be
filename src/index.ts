export { createFileService } from "./files/create-file-service.ts";
export { FileServiceQumuloS3 } from "./open/file-service-qumulo-s3.ts";
export { FileServiceS3 } from "./open/file-service-s3.ts";
export { openObjectStore } from "./open/open-object-store.ts";
export type { ObjectStoreOptions } from "./open/open-object-store.ts";
export { probeStore } from "./open/probe-store.ts";
export type { CleanUp, ProbedStore, ProbeOptions } from "./open/probe-store.ts";
export { cacheReads } from "./wrappers/cache-reads.ts";
export type { CacheReadsOptions } from "./wrappers/cache-reads.ts";
export { limitConcurrency } from "./wrappers/limit-concurrency.ts";
export type { StoreMethod } from "./wrappers/around-calls.ts";
export { observe } from "./wrappers/observe.ts";
export type { ObservedCall, StoreObserver } from "./wrappers/observe.ts";
export { readOnly } from "./wrappers/read-only.ts";
export type {
  TelemetryAttributes,
  TelemetryMeter,
  TelemetrySpan,
  TelemetryTracer,
} from "./wrappers/telemetry.ts";
export { traceCalls, traceRetries } from "./wrappers/trace-calls.ts";
export type { TraceCallsOptions } from "./wrappers/trace-calls.ts";
export { withPrefix } from "./wrappers/with-prefix.ts";
export { openStorage } from "./open/open-storage.ts";
export type { StorageOptions } from "./open/storage-options.ts";

export { getSettings } from "./settings/get-settings.ts";
export type { GetSettingsOptions } from "./settings/get-settings.ts";
export type { SettingFlags } from "./settings/find-values.ts";
export type { SettingFlagName } from "./settings/variables.ts";
export type {
  SettingName,
  Settings,
  SettingSource,
  SettingValues,
  SettingWarning,
  StorageBackend,
} from "./settings/settings.ts";

export { isStorageError, StorageError } from "./core/errors.ts";
export type { Outcome, StorageErrorCode, StorageErrorDetails } from "./core/errors.ts";
export type { ByteRange, ResolvedRange } from "./core/byte-range.ts";
export type { ListedRows } from "./core/listed-rows.ts";
export type { ObjectBody } from "./core/object-body.ts";
export type { RetryEvent } from "./core/retry-event.ts";
export type { Capabilities, Support } from "./core/capabilities.ts";
export type { ProbedFact, ProbedName, StoreProfile } from "./core/store-profile.ts";
export type {
  ChecksumAlgorithm,
  ChecksumType,
  PartDigest,
  RunningDigest,
  DigestFactory,
  ObjectChecksum,
} from "./core/checksum.ts";
export type { Credentials, CredentialsProvider } from "./core/credentials.ts";
export type { ExchangeEvent, ExchangeListener } from "./core/exchange-event.ts";
export type { KeyTerm, KeyTermListener } from "./core/key-term.ts";
export type {
  CompleteOptions,
  CopyPartOptions,
  CreateUploadOptions,
  ListPartsOptions,
  ListPartsPage,
  ListUploadsOptions,
  ListUploadsPage,
  UploadPartOptions,
} from "./core/multipart-options.ts";
export type {
  CallOptions,
  CopyOptions,
  CopySource,
  DeleteEntry,
  DeleteObjectsResult,
  DeleteOptions,
  DeleteResult,
  EncryptionOptions,
  GetOptions,
  GetResult,
  HeadOptions,
  ListedObject,
  ListedVersion,
  ListOptions,
  ListPage,
  ListVersionsOptions,
  ListVersionsPage,
  ObjectAttributes,
  ObjectHead,
  ObjectHeaders,
  ObjectStore,
  ObjectTags,
  PartAddress,
  PutOptions,
  PutResult,
  ReadConditions,
  UploadAddress,
  UploadBody,
  UploadedPart,
  UploadSource,
  VersionOptions,
  WriteConditions,
} from "./core/object-store.ts";
export type {
  LinkEnd,
  LinkMaker,
  PresignedForm,
  PresignedUrl,
  PresignFormRequest,
  PresignRequest,
} from "./core/presigned-url.ts";
export type { WebByteStream } from "./core/web-byte-stream.ts";
export type { ClientEvent } from "./open/store-listener.ts";

export type {
  ContentsOptions,
  CopyFileOptions,
  DownloadOptions,
  Progress,
  RangeReadOptions,
  ReadOptions,
  ReplaceStrategy,
  ServerSideEncryption,
  UploadContents,
  UploadFileOptions,
  UploadOptions,
  UploadStreamOptions,
} from "./transfer/transfer-options.ts";
export type { TransferWishes } from "./transfer/transfer-wishes.ts";
export { recoverReplacements } from "./open/recover-replacements.ts";
export type {
  RecoveredReplacement,
  RecoverOptions,
} from "./transfer/replace/recover-replacements.ts";
export type {
  ArchiveFormat,
  ArchiveOptions,
  ArchiveProgress,
  ArchiveReport,
  LeftOutMember,
} from "./transfer/archive/archive-options.ts";
export type { UnpackedObjectOptions } from "./transfer/archive/unpacked-object-options.ts";
export type {
  LeftOutEntry,
  UnpackOptions,
  UnpackProgress,
  UnpackResult,
} from "./transfer/archive/extract-options.ts";
export type { ArchiveStream } from "./transfer/archive/archive-stream.ts";
export type { FileEvent, FileEvents, WatchOptions } from "./files/watch-types.ts";
export type { RandomAccessFile } from "./files/random-access-types.ts";
export { experimentLayout, parcaCaches } from "./files/experiment-layout.ts";
export type { ExperimentLayout, ParcaCaches } from "./files/experiment-layout.ts";
export { formatHivePath, parseHivePath } from "./files/hive-path.ts";
export type { HivePath } from "./files/hive-path.ts";
export { zarrStore } from "./files/zarr-store.ts";
export type { ZarrRange, ZarrReadOptions, ZarrStore } from "./files/zarr-store.ts";
export type {
  ArchiveInput,
  ExtractArchiveOptions,
  StreamArchiveOptions,
} from "./files/archive-types.ts";
export type { TransferNotice } from "./transfer/journal/transfer-notice.ts";

export type {
  DirectoryOptions,
  DirectoryProblem,
  DirectoryProgress,
  DirectoryResult,
  DownloadDirectoryOptions,
  SyncDirectoryOptions,
  UploadDirectoryOptions,
} from "./files/directory-types.ts";
export type { FileTrees } from "./files/file-trees.ts";
export type { FileContents } from "./files/file-contents.ts";
export type {
  SignedForm,
  SignedFormOptions,
  SignedUrl,
  SignedUrlOptions,
} from "./files/link-types.ts";
export type { FileListing, ListingPage, PagedListingOptions } from "./files/listing-types.ts";
export type {
  CountProgress,
  DeleteManyOptions,
  DeletePrefixOptions,
  DeletePrefixResult,
  FileFailure,
  MoveFileOptions,
  PrefixContents,
} from "./files/prefix-types.ts";
export type {
  FileVersion,
  RestoreOptions,
  RestorePrefixOptions,
  RestorePrefixResult,
  RestoreResult,
} from "./files/version-types.ts";
export type { FileService } from "./files/file-service.ts";
export type {
  DeleteFileOptions,
  DeleteManyResult,
  DirectoryListing,
  FileReading,
  FileStat,
  ListingItem,
  ListingOptions,
  UploadResult,
} from "./files/result-types.ts";
