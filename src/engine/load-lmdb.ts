import type * as lmdb from "lmdb";
import { StorageError } from "../core/errors.ts";

/**
 * The package that keeps the index. It is native code and an optional dependency, so that whoever only
 * wants the client need not have it. Throws StorageError `ConfigurationError` when it is not there or
 * does not load.
 */
export async function loadLmdb(): Promise<typeof lmdb> {
  try {
    return await import("lmdb");
  } catch (error) {
    throw explainFailure(error);
  }
}

function explainFailure(error: unknown): StorageError {
  const reason = error instanceof Error ? error.message : String(error);
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  // The same codes come when a package is missing that lmdb itself needs. The command requires it.
  const isMissing =
    (code === "ERR_MODULE_NOT_FOUND" && /package 'lmdb'/.test(reason)) ||
    (code === "MODULE_NOT_FOUND" && /module 'lmdb'/.test(reason));
  if (isMissing) {
    return new StorageError(
      "ConfigurationError",
      "The embedded server keeps its index with the npm package lmdb, which is not installed.",
      {
        remedy:
          "Install sms-api-storage with its optional dependencies: npm install --include=optional. " +
          "Everything but the server works without them.",
        cause: error,
      },
    );
  }
  const line = reason.split("\n", 1)[0] ?? "";
  return new StorageError(
    "ConfigurationError",
    "The embedded server keeps its index with the npm package lmdb, which is installed but does not " +
      `load on ${process.platform} ${process.arch} with Node ${process.versions.node}: ${line}`,
    {
      remedy:
        "Packages that were installed on another system or for another Node do not fit: remove " +
        "node_modules and run npm install --include=optional here.",
      cause: error,
    },
  );
}
