import { StorageError, type StorageErrorCode, type StorageErrorDetails } from "../core/errors.ts";
import { connectionProblem, connectionRemedy, type ConnectionProblem } from "../core/remedies.ts";
import { plainReason } from "../core/wire-words.ts";

/** What happened, in words, and whether it is the settings' fault. */
const causes: Readonly<
  Record<ConnectionProblem, { readonly message: string; readonly code: StorageErrorCode }>
> = {
  refused: { code: "Unavailable", message: "The connection was refused" },
  "name-unknown": { code: "Unavailable", message: "The host name was not found" },
  unreachable: { code: "Unavailable", message: "The host cannot be reached" },
  "timed-out": { code: "Timeout", message: "There was no answer in time" },
  "hung-up": { code: "Unavailable", message: "The connection broke" },
  untrusted: { code: "ConfigurationError", message: "The server's certificate is not trusted" },
  expired: { code: "ConfigurationError", message: "The server's certificate has expired" },
  "wrong-name": {
    code: "ConfigurationError",
    message: "The server's certificate is for another name",
  },
  "not-tls": { code: "ConfigurationError", message: "The server does not speak TLS" },
  "proxy-unreachable": { code: "Unavailable", message: "The proxy cannot be reached" },
  "proxy-denied": { code: "ConfigurationError", message: "The proxy lets nothing through" },
  "proxy-failed": { code: "Unavailable", message: "The proxy did not reach the server" },
  "not-http": { code: "ConfigurationError", message: "The server does not speak HTTP" },
};

/** The StorageError of a request that got no answer; undefined for any other failure. */
export function networkError(
  error: unknown,
  details: StorageErrorDetails,
): StorageError | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const code of codesOf(error)) {
    const problem = connectionProblem(code);
    if (problem === undefined) continue;
    const cause = causes[problem];
    const retryable = cause.code === "Unavailable" || cause.code === "Timeout";
    return new StorageError(
      cause.code,
      `${cause.message} (${code}): ${plainReason(error.message)}`,
      {
        ...details,
        retryable,
        remedy: connectionRemedy(problem),
        cause: error,
      },
    );
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
