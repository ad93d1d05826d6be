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
 * Asked before each request; caches and refreshes on its own. Undefined: anonymous.
 * `refresh`: the store called the keys expired, so the cached ones must not be given again.
 */
export type CredentialsProvider = (hint?: {
  readonly refresh?: boolean;
}) => Promise<Credentials | undefined>;
