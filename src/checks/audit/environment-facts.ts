/** What the settings of this machine say of credentials and `.env`; no secret is in it. */
export interface EnvironmentFacts {
  readonly credentials: readonly CredentialVariables[];
  /** Undefined: there is no such file. */
  readonly dotenv: DotenvFacts | undefined;
}

/** The variables of one triple of keys, such as `STORAGE_S3_*` in `.env`. */
export interface CredentialVariables {
  /** Where they stand: `environment`, or the path of `.env`. */
  readonly source: string;
  /** `STORAGE_S3_` or `AWS_`. */
  readonly prefix: string;
  /** The first four letters of the access key's id, which tell its kind; undefined: none is set. */
  readonly keyKind: string | undefined;
  readonly hasSecret: boolean;
  readonly hasToken: boolean;
}

export interface DotenvFacts {
  readonly path: string;
  /** Permission bits, such as 0o600; undefined where the system has none. */
  readonly mode: number | undefined;
  /** Undefined: it lies in no working tree of git, or git is not there to ask. */
  readonly isIgnoredByGit: boolean | undefined;
}
