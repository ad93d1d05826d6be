import { StorageError } from "../core/errors.ts";
import { connectionProblem, connectionRemedy } from "../core/remedies.ts";
import { plainReason } from "../core/wire-words.ts";
import type { Endpoint } from "./endpoint.ts";
import { addressOf, type CallContext } from "./service-error.ts";
import type { TransportError } from "./transport-error.ts";

/** A failure below HTTP in the words of the public API. Not for `cancelled`, which the scope words. */
export function connectionError(
  context: CallContext,
  error: TransportError,
  endpoint: Endpoint,
): StorageError {
  const origin = `${endpoint.secure ? "https" : "http"}://${endpoint.host}`;
  const details = { ...addressOf(context), cause: error };
  const problem = connectionProblem(error.code);
  if (error.failure === "tls") {
    return new StorageError(
      "ConfigurationError",
      problem === "not-tls"
        ? `${origin} does not speak TLS: ${plainReason(error.message)}`
        : `The certificate of ${origin} is not accepted: ${plainReason(error.message)}`,
      { ...details, remedy: connectionRemedy(problem ?? "untrusted") },
    );
  }
  if (error.failure === "connect") {
    return new StorageError("Unavailable", `No connection to ${origin}: ${error.message}`, {
      ...details,
      retryable: problem !== "proxy-denied",
      remedy: connectionRemedy(problem),
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
    ...(problem !== undefined && { remedy: connectionRemedy(problem) }),
  });
}
