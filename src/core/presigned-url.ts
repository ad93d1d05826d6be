/** What a link is for. */
export interface PresignRequest {
  readonly method: "GET" | "PUT" | "HEAD" | "DELETE";
  readonly key: string;
  readonly versionId?: string;
  /** 1 to 604,800. Default 3,600. */
  readonly expiresInSeconds?: number;
  /** Such as `response-content-disposition`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

/** When a link or a form ends. */
export interface LinkEnd {
  /** The earlier of the asked-for time and the end of the credentials. */
  readonly expiresAt: Date;
  readonly limitedBy: "requested" | "credentials";
  /** The credentials are temporary, and when they end is not known: the link ends with them. */
  readonly mayEndEarlier: boolean;
}

/** A link that works without credentials until it ends. */
export interface PresignedUrl extends LinkEnd {
  readonly url: string;
}

/** A form by which a browser uploads one file. */
export interface PresignFormRequest {
  /** With `anyName` what the key begins with; empty: any key. */
  readonly key: string;
  /** The name of the uploaded file is put behind `key`. Default false. */
  readonly anyName?: boolean;
  /** 1 to 604,800 (seven days). Default 3,600. With temporary credentials it may end earlier. */
  readonly expiresInSeconds?: number;
  /** What is stored, whatever the browser says. */
  readonly contentType?: string;
  /** Default 0. */
  readonly minBytes?: number;
  /** Default 5 GiB, which is all that S3 takes by a form. */
  readonly maxBytes?: number;
  /** Stored with the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A form that works without credentials until it ends. */
export interface PresignedForm extends LinkEnd {
  /** For the `action` of the form, whose method is POST and its encoding `multipart/form-data`. */
  readonly url: string;
  /** All of them have to stand before the file, whose own field is named `file`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Links are made locally, without a request; the answer says when one really ends. */
export interface LinkMaker {
  /** A link for one request. Throws InvalidArgument for a time beyond seven days. */
  presign(request: PresignRequest): Promise<PresignedUrl>;
  /** A form for one upload. Throws NotSupported on stores that take none. */
  presignForm(request: PresignFormRequest): Promise<PresignedForm>;
}
