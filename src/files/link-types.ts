import type { CallOptions, ObjectHeaders } from "../core/object-store.ts";
import type {
  LinkEnd,
  PresignedForm,
  PresignFormRequest,
  PresignRequest,
} from "../core/presigned-url.ts";

/** What a link is for. */
export interface SignedUrlOptions extends CallOptions {
  /** Default `GET`. */
  readonly method?: PresignRequest["method"];
  /** 1 to 604,800 (seven days). Default 3,600. With temporary credentials it may end earlier. */
  readonly expiresInSeconds?: number;
  /** Not of PUT. Default: the current version. */
  readonly versionId?: string;
  /** Of PUT: who uploads has to send this media type. */
  readonly contentType?: string;
  /** What the answer to GET or HEAD says in place of the stored headers, such as a file name to save under. */
  readonly answer?: Pick<
    ObjectHeaders,
    | "contentType"
    | "contentDisposition"
    | "contentEncoding"
    | "contentLanguage"
    | "cacheControl"
    | "expires"
  >;
}

/** A link that works without credentials until it ends. */
export interface SignedUrl extends LinkEnd {
  readonly url: string;
  readonly method: PresignRequest["method"];
  /** To be sent with the request as they are. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What may be uploaded by a form. */
export interface SignedFormOptions
  extends CallOptions, Omit<PresignFormRequest, "key" | "anyName"> {
  /** The path is a directory, and the uploaded file's own name is put behind it. Default false. */
  readonly anyName?: boolean;
}

/** A form by which a browser uploads one file, without credentials, until it ends. */
export type SignedForm = PresignedForm;
