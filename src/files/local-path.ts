import { fileURLToPath } from "node:url";
import { wrongArgument } from "../core/check-options.ts";

/** A path of the local disk as the system takes it. Throws InvalidArgument. */
export function localPath(operation: string, filePath: string | URL): string {
  const wanted = "a path that is not empty, or a file: URL";
  // Node would take an empty one for the folder in which the program runs.
  if (typeof filePath === "string" && filePath !== "" && !filePath.includes("\0")) return filePath;
  if (typeof filePath === "string")
    throw wrongArgument(operation, "the local path", wanted, filePath);
  try {
    return fileURLToPath(filePath);
  } catch {
    const given: unknown = filePath instanceof URL ? filePath.href : filePath;
    throw wrongArgument(operation, "the local path", wanted, given);
  }
}
