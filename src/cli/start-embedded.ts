import { isStorageError, StorageError } from "../core/errors.ts";
import { restateError } from "../core/restate-error.ts";
import type { EmbeddedServer, EmbeddedServerOptions } from "../open/embedded-server.ts";

/** Starts it; its errors name what is wrong, and here the flags that change it. */
export async function startEmbedded(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  assertTwoPorts(options);
  const { startEmbeddedServer } = await import("../open/embedded-server.ts");
  try {
    return await startEmbeddedServer(options);
  } catch (error) {
    throw withFlags(error, options);
  }
}

/** Else one of the two would find the port taken, by nobody else than the other. */
function assertTwoPorts({ host, port, admin }: EmbeddedServerOptions): void {
  if (port === 0 || port !== admin?.port || host !== admin.host) return;
  throw new StorageError(
    "ConfigurationError",
    `Port ${port} on ${host} cannot be that of S3 and that for operators.`,
    { remedy: "Choose another port with --admin-port; 0 takes any free one." },
  );
}

function withFlags(error: unknown, options: EmbeddedServerOptions): unknown {
  if (!isStorageError(error)) return error;
  const { remedy, cause } = error;
  if (cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE") {
    return restateError(error, { remedy: otherPort(cause, options) });
  }
  if (error.code === "Conflict" && remedy !== undefined) {
    return restateError(error, {
      remedy:
        "Stop that server first, or give this one a folder of its own: --data-dir, --ephemeral.",
    });
  }
  return error;
}

/** By Node's own error, which names the port that was asked for. */
function otherPort(cause: Error, { admin }: EmbeddedServerOptions): string {
  if (admin !== undefined && "port" in cause && cause.port === admin.port) {
    return "Stop the program that holds it, or choose another port with --admin-port; 0 takes any free one.";
  }
  return (
    "Stop the program that holds it, or choose another port with --port; 0 takes any free one. " +
    "`npm start` takes flags behind --: npm start -- --port 0"
  );
}
