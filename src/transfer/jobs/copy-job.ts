import type { S3Uri } from "../../core/object-key.ts";
import type { ListedFacts } from "../copy/copy-object.ts";

/** A path of this machine, or a bucket and key. */
export type Place =
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "remote"; readonly uri: S3Uri };

/** What is known of a source in S3 besides its name. */
export interface SourceFacts {
  /** Default: the current version. */
  readonly versionId?: string;
  /** As the listing had it, where one was read. */
  readonly listed?: ListedFacts;
}

/** One object to copy, in one of three directions. */
export type CopyJob =
  | { readonly kind: "upload"; readonly file: string; readonly to: S3Uri }
  | ({ readonly kind: "download"; readonly from: S3Uri; readonly file: string } & SourceFacts)
  | ({ readonly kind: "copy"; readonly from: S3Uri; readonly to: S3Uri } & SourceFacts);

/** What could not become a job, such as a socket or a key that no file can have. */
export interface SkippedItem {
  readonly kind: "skipped";
  /** A local path, or an object. */
  readonly source: string | S3Uri;
  readonly reason: string;
}

/** What is told of the search itself, once. */
export interface SearchNote {
  readonly kind: "note";
  readonly message: string;
}
