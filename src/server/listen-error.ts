import { StorageError } from "../core/errors.ts";

/** What a server that may not listen says of it. */
export function listenError(cause: Error, host: string, port: number): StorageError {
  const code = "code" in cause ? String(cause.code) : cause.message;
  const place = `${host}:${port}`;
  if (code === "EADDRINUSE") {
    return new StorageError("ConfigurationError", `Port ${port} on ${host} is already in use.`, {
      remedy: "Stop the program that holds it, or choose another port; 0 takes any free one.",
      cause,
    });
  }
  if (code === "EACCES") {
    return new StorageError("ConfigurationError", `You may not listen on ${place}.`, {
      remedy: "Choose a port from 1024 up.",
      cause,
    });
  }
  return new StorageError("ConfigurationError", `The server cannot listen on ${place} (${code}).`, {
    remedy: "Choose an address of this machine, such as 127.0.0.1.",
    cause,
  });
}
