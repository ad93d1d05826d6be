/** Keys that sign requests. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Comes with temporary keys. */
  readonly sessionToken?: string;
  /** When temporary keys end. */
  readonly expiration?: Date;
}

/**
 * Where keys come from; the credential providers of AWS's SDK are such functions too. Keys with an
 * `expiration` are kept and asked for again five minutes before it, others are asked for before each
 * request. Undefined: anonymous. `refresh`, and `forceRefresh` as AWS's providers have it: the store
 * called the keys expired, so the same must not be given again.
 */
export type CredentialsProvider = (hint?: {
  readonly refresh?: boolean;
  readonly forceRefresh?: boolean;
}) => Promise<Credentials | undefined>;
