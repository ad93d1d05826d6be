import { fileURLToPath } from "node:url";
import { wrongArgument } from "../core/check-options.ts";

/** A path of the local disk as the system takes it. Throws InvalidArgument. */
export function localPath(operation: string, filePath: string | URL): string {
  const wanted = "a local path or a file: URL";
  if (typeof filePath === "string" && !filePath.includes("\0")) return filePath;
  if (typeof filePath === "string") throw wrongArgument(operation, "the file", wanted, filePath);
  try {
    return fileURLToPath(filePath);
  } catch {
    const given: unknown = filePath instanceof URL ? filePath.href : filePath;
    throw wrongArgument(operation, "the file", wanted, given);
  }
}
