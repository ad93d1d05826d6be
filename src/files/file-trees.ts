import type { ArchiveStream } from "../transfer/archive/archive-stream.ts";
import type { UnpackResult } from "../transfer/archive/extract-options.ts";
import type { ArchiveInput, ExtractArchiveOptions, StreamArchiveOptions } from "./archive-types.ts";
import type {
  DirectoryResult,
  DownloadDirectoryOptions,
  SyncDirectoryOptions,
  UploadDirectoryOptions,
} from "./directory-types.ts";

/** Directories and archives, and all below a prefix. What of a `FileService` deals with whole trees. */
export interface FileTrees {
  /**
   * Every file of a local directory, below a directory of the bucket. What fails is thrown once all
   * others are done, with what was copied and what was not; so a result is never half of one.
   *
   * @example
   * const { copied } = await files.uploadDirectory("out", "exp-1", { include: ["*.tsv"] });
   */
  uploadDirectory(
    directory: string | URL,
    path: string,
    options?: UploadDirectoryOptions,
  ): Promise<DirectoryResult>;
  /**
   * The other way round: each file appears whole and verified. Throws NotFound for nothing.
   *
   * @example
   * await files.downloadDirectory("exp-1/analyses", "analyses", { exclude: ["*.svg"] });
   */
  downloadDirectory(
    path: string,
    directory: string | URL,
    options?: DownloadDirectoryOptions,
  ): Promise<DirectoryResult>;
  /**
   * Copies only what is new or other there: `up` to the bucket, `down` to the local directory.
   *
   * @example
   * await files.syncDirectory("up", "out", "exp-1"); // what is new in out/
   */
  syncDirectory(
    direction: "up" | "down",
    directory: string | URL,
    path: string,
    options?: SyncDirectoryOptions,
  ): Promise<DirectoryResult>;
  /**
   * All files below a directory as one tar, tar.gz or ZIP archive, in the order of the listing: read
   * side by side ahead of the reader, in memory of some 50 MiB however many they are. Each is whole,
   * verified and the one that was listed; else the stream fails before the archive's end, or with
   * `onMissing: "report"` says what it lacks. Answers once the first file is there. Throws NotFound when
   * there is none.
   *
   * @example
   * const archive = await files.streamArchive("exp-1/analyses", { include: ["*.tsv"] });
   * await pipeline(archive, createWriteStream("exp-1.tar.gz"));
   */
  streamArchive(path: string, options?: StreamArchiveOptions): Promise<ArchiveStream>;
  /**
   * Unpacks a tar, tar.gz or ZIP archive to files below a directory. Links, devices, names that would lead
   * elsewhere or come twice, and bombs are refused, of a ZIP archive before anything is written. A failure
   * says how many files had been written by then; those stay.
   *
   * @example
   * await files.extractArchive({ file: "exp-1.tar.gz" }, "exp-1");
   */
  extractArchive(
    archive: ArchiveInput,
    path: string,
    options?: ExtractArchiveOptions,
  ): Promise<UnpackResult>;
}
