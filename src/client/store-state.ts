import type { Credentials, CredentialsProvider } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import { s3Limits } from "../core/limits.ts";
import { findPartition } from "../core/partition.ts";
import { parseHttpDate } from "../protocol/http-date.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { resolveEndpoint, type Endpoint, type EndpointOptions } from "./endpoint.ts";

export interface StoreStateOptions {
  readonly address: EndpointOptions;
  readonly dialect: Dialect;
  readonly credentials: CredentialsProvider;
  readonly now: () => Date;
}

/** What a store learns while it runs: the bucket's region, the store's clock, refused checksums. */
export class StoreState {
  readonly #options: StoreStateOptions;
  #endpoint: Endpoint;
  #region: string;
  #clockOffsetMs = 0;
  #serverOffsetMs: number | undefined;
  #hasCredentials = false;
  /** The endpoint refused a checksum header that nobody asked for; it is not sent again. */
  checksumsRefused = false;

  constructor(options: StoreStateOptions) {
    this.#options = options;
    this.#endpoint = resolveEndpoint(options.address);
    this.#region = options.address.region;
  }

  get endpoint(): Endpoint {
    return this.#endpoint;
  }

  get region(): string {
    return this.#region;
  }

  get hasCredentials(): boolean {
    return this.#hasCredentials;
  }

  /** The time by the store's clock, or by ours until the store's is known. */
  now(): Date {
    const own = this.#options.now();
    return this.#clockOffsetMs === 0 ? own : new Date(own.getTime() + this.#clockOffsetMs);
  }

  async credentials(refresh: boolean): Promise<Credentials | undefined> {
    const { credentials: provider, dialect } = this.#options;
    const credentials = await (refresh ? provider({ refresh: true }) : provider());
    if (credentials?.sessionToken !== undefined && dialect.sessionTokens.value === "no") {
      throw new StorageError(
        "ConfigurationError",
        `A ${dialect.name} store takes no temporary credentials, but a session token is set.`,
        { remedy: "Use a lasting access key pair and leave the session token out." },
      );
    }
    this.#hasCredentials = credentials !== undefined;
    return credentials;
  }

  /** Remembers the `Date` of a refusal, in case it is about our clock. */
  noteServerDate(header: string | undefined): void {
    const at = header === undefined ? undefined : parseHttpDate(header);
    this.#serverOffsetMs =
      at === undefined ? undefined : at.getTime() - this.#options.now().getTime();
  }

  /** Whether the clock we sign with is so far from the store's that it refuses us. */
  isClockSkewed(): boolean {
    const offsetMs = this.#serverOffsetMs ?? this.#clockOffsetMs;
    return Math.abs(offsetMs - this.#clockOffsetMs) > s3Limits.clockSkewSeconds * 1000;
  }

  /** False when the store did not say its time. */
  adoptServerClock(): boolean {
    if (this.#serverOffsetMs === undefined) return false;
    this.#clockOffsetMs = this.#serverOffsetMs;
    return true;
  }

  /** Turns to another region of AWS. False with an endpoint of the caller's choice. */
  moveTo(region: string): boolean {
    const { address } = this.#options;
    if (address.endpoint !== undefined || region === this.#region) return false;
    // The name comes from the network and becomes part of a host name.
    if (findPartition(region) === undefined) return false;
    this.#region = region;
    this.#endpoint = resolveEndpoint({ ...address, region });
    return true;
  }
}
