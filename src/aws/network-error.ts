import { StorageError, type StorageErrorCode, type StorageErrorDetails } from "../core/errors.ts";

interface NetworkCause {
  readonly code: StorageErrorCode;
  readonly message: string;
  readonly remedy: string;
}

const unreachable: NetworkCause = {
  code: "Unavailable",
  message: "The connection failed",
  remedy: "Check the endpoint's host and port, the network and any proxy or firewall.",
};
const nameUnknown: NetworkCause = {
  code: "Unavailable",
  message: "The host name was not found",
  remedy: "Check the region and the endpoint for typing mistakes, and the network's DNS.",
};
const timedOut: NetworkCause = {
  code: "Timeout",
  message: "There was no answer in time",
  remedy: "Check the endpoint, the network and any proxy or firewall, then try again.",
};
const untrusted: NetworkCause = {
  code: "ConfigurationError",
  message: "The server's certificate is not trusted",
  remedy:
    "Name the authority's PEM file in STORAGE_S3_CA_FILE, STORAGE_QUMULO_CA_FILE or " +
    "NODE_EXTRA_CA_CERTS; an inspecting proxy has one too.",
};
const wrongName: NetworkCause = {
  code: "ConfigurationError",
  message: "The server's certificate is for another name",
  remedy: "Check the endpoint's host name; bucket names with dots need path-style requests.",
};
const notTls: NetworkCause = {
  code: "ConfigurationError",
  message: "The server does not speak TLS",
  remedy: "Write http:// instead of https:// in the endpoint, or turn TLS on at the server.",
};

const causeByCode: Readonly<Record<string, NetworkCause>> = {
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EPIPE: unreachable,
  ENOTFOUND: nameUnknown,
  EAI_AGAIN: nameUnknown,
  ETIMEDOUT: timedOut,
  ESOCKETTIMEDOUT: timedOut,
  TimeoutError: timedOut,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_HAS_EXPIRED: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: wrongName,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  EPROTO: notTls,
};

/** The StorageError of a request that got no answer; undefined for any other failure. */
export function networkError(
  error: unknown,
  details: StorageErrorDetails,
): StorageError | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const code of codesOf(error)) {
    const cause = causeByCode[code];
    if (cause === undefined) continue;
    const retryable = cause.code === "Unavailable" || cause.code === "Timeout";
    return new StorageError(cause.code, `${cause.message} (${code}): ${error.message}`, {
      ...details,
      retryable,
      remedy: cause.remedy,
      cause: error,
    });
  }
  return undefined;
}

/**
 * The error's own code first, then those of its causes; Node gathers several for two addresses. The
 * SDK's credential providers keep the message only, so codes are looked for there too.
 */
function codesOf(error: Error): string[] {
  const codes: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 4 && current instanceof Error; depth += 1) {
    if ("code" in current && typeof current.code === "string") codes.push(current.code);
    codes.push(current.name, ...(current.message.match(/\b[A-Z][A-Z_]{4,}\b/g) ?? []));
    const inner: unknown = current instanceof AggregateError ? current.errors[0] : undefined;
    current = inner ?? current.cause;
  }
  return codes;
}
