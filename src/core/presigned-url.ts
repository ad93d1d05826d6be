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

export interface PresignedUrl {
  readonly url: string;
  /** The earlier of the asked-for time and the end of the credentials. */
  readonly expiresAt: Date;
  readonly limitedBy: "requested" | "credentials";
  /** The credentials are temporary, and when they end is not known: the link ends with them. */
  readonly mayEndEarlier: boolean;
}
