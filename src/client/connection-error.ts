import { StorageError } from "../core/errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { addressOf } from "./service-error.ts";
import type { CallContext } from "./service-error.ts";
import type { TransportError } from "./transport-error.ts";

/** A failure below HTTP in the words of the public API. Not for `cancelled`, which the scope words. */
export function connectionError(
  context: CallContext,
  error: TransportError,
  endpoint: Endpoint,
): StorageError {
  const origin = `${endpoint.secure ? "https" : "http"}://${endpoint.host}`;
  const details = { ...addressOf(context), cause: error };
  if (error.failure === "tls") {
    return new StorageError(
      "ConfigurationError",
      `The certificate of ${origin} is not accepted: ${error.message}`,
      { ...details, remedy: tlsRemedy(error.code) },
    );
  }
  if (error.failure === "connect") {
    return new StorageError("Unavailable", `No connection to ${origin}: ${error.message}`, {
      ...details,
      retryable: true,
      remedy: connectRemedy(error.code, origin),
    });
  }
  const outcome = context.changes ? "unknown" : "not-applied";
  if (error.failure === "silent") {
    return new StorageError("Timeout", `${origin} fell silent: ${error.message}`, {
      ...details,
      retryable: true,
      outcome,
    });
  }
  return new StorageError("Unavailable", `The connection to ${origin} broke: ${error.message}`, {
    ...details,
    retryable: true,
    outcome,
  });
}

function connectRemedy(code: string | undefined, origin: string): string {
  switch (code) {
    case "ECONNREFUSED":
      return `Nothing listens at ${origin}. Check the endpoint's host and port, and that the store runs.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "The host name does not resolve. Check the endpoint for typing errors, and DNS or VPN.";
    case "ECONNRESET":
      return "The store hung up at once. Check that http or https in the endpoint fits the port.";
    default:
      return "Check the endpoint, the network, VPN and firewalls.";
  }
}

function tlsRemedy(code: string | undefined): string {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return "The store's certificate has expired. Have it renewed, and check this machine's clock.";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "The certificate is for another host. Use the host name that stands in it as endpoint.";
    case "EPROTO":
      return "The port does not speak TLS. Check whether the endpoint should begin with http://.";
    default:
      return (
        "Give the authority's certificate as a CA file, or turn verification off for tests only " +
        "(STORAGE_QUMULO_VERIFY_SSL=false for Qumulo)."
      );
  }
}
