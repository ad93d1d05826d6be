import type { Credentials, CredentialsProvider } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import type { ExchangeListener } from "../core/exchange-event.ts";
import { maskAccessKey } from "../core/mask-secrets.ts";
import { adminLimits } from "../core/limits.ts";
import { cacheCredentials } from "../core/credential-cache.ts";
import { refuseConfiguredEndpoint } from "./configured-endpoint.ts";
import { credentialError, reasonsOf, unknownProfile } from "./credential-error.ts";
import type { SdkAgents } from "./sdk-connection.ts";
import { readSharedFiles } from "./shared-profiles.ts";

export interface AwsCredentialsOptions {
  /** Default: `AWS_PROFILE`, else the chain's own way. */
  readonly profile?: string;
  /** For the STS requests of role profiles. */
  readonly region?: string;
  /**
   * The store's endpoint, when the settings name one. When they do not, AWS's profile must not name
   * one either.
   */
  readonly endpointUrl?: string;
  /** For the requests of SSO and STS. Default: the SDK's own, without a proxy. */
  readonly agents?: SdkAgents;
  /** Hears where keys came from. */
  readonly onExchange?: ExchangeListener;
}

/**
 * AWS's own chain: environment, SSO, profiles, credential processes, web identity, containers and
 * the instance's role. Keys are kept until shortly before they end. Loads the SDK when first asked.
 * The provider throws StorageError `Unauthenticated` (or `Unavailable` without a network) with the
 * command to run next.
 */
export function awsCredentials(options: AwsCredentialsOptions = {}): CredentialsProvider {
  return cacheCredentials(() => loadCredentials(options));
}

async function loadCredentials(options: AwsCredentialsOptions): Promise<Credentials> {
  const log: string[] = [];
  const profile = options.profile ?? nonEmpty(process.env["AWS_PROFILE"]);
  try {
    if (profile !== undefined) {
      const known = new Set((await readSharedFiles(process.env)).profiles.keys());
      if (!known.has(profile)) throw unknownProfile(profile, known);
    } else assertWholeKeys(process.env);
    if (options.endpointUrl === undefined) {
      await refuseConfiguredEndpoint(process.env, profile ?? "default");
    }
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
    const provider = defaultProvider({
      ...(profile !== undefined && { profile }),
      clientConfig: {
        ...(options.region !== undefined && { region: options.region }),
        ...(options.agents !== undefined && { requestHandler: options.agents }),
      },
      // Files are read anew, so that a sign-in elsewhere helps a process that runs already.
      ignoreCache: true,
      timeout: adminLimits.metadataTimeoutMs,
      maxRetries: 0,
      logger: collectInto(log),
    });
    const found = await provider();
    tellSource(options.onExchange, profile, found);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = found;
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      ...(expiration !== undefined && { expiration }),
    };
  } catch (error) {
    throw credentialError(error, profile, reasonsOf(log));
  }
}

function tellSource(
  tell: ExchangeListener | undefined,
  profile: string | undefined,
  found: Credentials & { readonly $source?: object },
): void {
  tell?.({
    type: "credentials",
    source: inWords(profile, Object.keys(found.$source ?? {})),
    accessKeyId: maskAccessKey(found.accessKeyId),
    expiration: found.expiration,
  });
}

/** The SDK's own names of its sources, such as CREDENTIALS_PROFILE_PROCESS. */
function inWords(profile: string | undefined, features: readonly string[]): string {
  const sources = features.map((name) =>
    name
      .replace(/^CREDENTIALS_/, "")
      .replaceAll("_", " ")
      .toLowerCase(),
  );
  const chain = `AWS's chain${profile === undefined ? "" : `, profile ${profile}`}`;
  return sources.length === 0 ? chain : `${chain} (${sources.join(", ")})`;
}

/** The SDK passes half a pair over in silence, and the keys would be somebody else's. */
function assertWholeKeys(environment: Readonly<Record<string, string | undefined>>): void {
  const keyId = nonEmpty(environment["AWS_ACCESS_KEY_ID"]);
  const secret = nonEmpty(environment["AWS_SECRET_ACCESS_KEY"]);
  const token = nonEmpty(environment["AWS_SESSION_TOKEN"]);
  if (keyId === undefined && secret === undefined) return;
  const missing = [
    ...(keyId === undefined ? ["AWS_ACCESS_KEY_ID"] : []),
    ...(secret === undefined ? ["AWS_SECRET_ACCESS_KEY"] : []),
    ...(token === undefined && keyId?.startsWith("ASIA") === true ? ["AWS_SESSION_TOKEN"] : []),
  ];
  if (missing.length === 0) return;
  const message = `The credentials in the environment lack ${missing.join(" and ")}.`;
  throw new StorageError("ConfigurationError", message, {
    remedy: `Set ${missing.join(" and ")}, or unset the other AWS_... keys to use SSO, a profile or a role.`,
  });
}

const drop = () => undefined;

/** Keeps the SDK from writing to the console, and its reasons for an error. */
function collectInto(log: string[]) {
  const keep = (...parts: unknown[]) => void log.push(parts.join(" "));
  return { trace: drop, debug: keep, info: drop, warn: drop, error: drop };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
