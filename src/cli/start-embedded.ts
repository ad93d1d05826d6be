import { isStorageError } from "../core/errors.ts";
import { restateError } from "../core/restate-error.ts";
import type { EmbeddedServer, EmbeddedServerOptions } from "../open/embedded-server.ts";

/** Starts it; its errors name what is wrong, and here the flags that change it. */
export async function startEmbedded(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { startEmbeddedServer } = await import("../open/embedded-server.ts");
  try {
    return await startEmbeddedServer(options);
  } catch (error) {
    throw withFlags(error);
  }
}

function withFlags(error: unknown): unknown {
  if (!isStorageError(error)) return error;
  const { remedy, cause } = error;
  if (cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE") {
    return restateError(error, {
      remedy:
        "Stop the program that holds it, or choose another port with --port; 0 takes any free one. " +
        "`npm start` takes flags behind --: npm start -- --port 0",
    });
  }
  if (error.code === "Conflict" && remedy !== undefined) {
    return restateError(error, {
      remedy:
        "Stop that server first, or give this one a folder of its own: --data-dir, --ephemeral.",
    });
  }
  return error;
}
