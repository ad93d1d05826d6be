import type { CallOptions, ObjectHeaders } from "../core/object-store.ts";
import type { LinkEnd } from "../core/presigned-url.ts";

/** What a link is for. */
export interface SignedUrlOptions extends CallOptions {
  /** Default `GET`. */
  readonly method?: "GET" | "PUT" | "HEAD" | "DELETE";
  /** 1 to 604,800 (seven days). Default 3,600. With temporary credentials it may end earlier. */
  readonly expiresInSeconds?: number;
  /** Default: the current version. */
  readonly versionId?: string;
  /** Of PUT: who uploads has to send this media type. */
  readonly contentType?: string;
  /** What the answer to GET says in place of the stored headers, such as a file name to save under. */
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
  readonly method: "GET" | "PUT" | "HEAD" | "DELETE";
  /** To be sent with the request as they are. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What may be uploaded by a form. */
export interface SignedFormOptions extends CallOptions {
  /** The path is a directory, and the uploaded file's own name is put behind it. Default false. */
  readonly anyName?: boolean;
  /** 1 to 604,800 (seven days). Default 3,600. With temporary credentials it may end earlier. */
  readonly expiresInSeconds?: number;
  /** What is stored, whatever the browser says. */
  readonly contentType?: string;
  /** Default 0. */
  readonly minBytes?: number;
  /** Default and most: 5 GiB. */
  readonly maxBytes?: number;
  /** Stored with the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A form by which a browser uploads one file, without credentials, until it ends. */
export interface SignedForm extends LinkEnd {
  /** For the `action` of the form; its method is POST, its encoding `multipart/form-data`. */
  readonly url: string;
  /** All of them have to stand before the file, whose own field is named `file`. */
  readonly fields: Readonly<Record<string, string>>;
}
