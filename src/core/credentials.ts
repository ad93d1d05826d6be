/** Keys that sign requests. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When temporary keys end. */
  readonly expiration?: Date;
}

/** Asked before each request; caches and refreshes on its own. Undefined: anonymous. */
export type CredentialsProvider = () => Promise<Credentials | undefined>;
