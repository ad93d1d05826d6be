import { readDocument } from "../../shapes/read-document.ts";
import { readTree, worldError, type WorldOptions } from "./world-of.ts";
import { DocumentFaults } from "../../shapes/document-faults.ts";
import type { World } from "./world.ts";

/**
 * Reads a world from YAML or JSON. Throws StorageError ConfigurationError with all that is wrong in it,
 * up to a bound, each as `file:line:column: path problem`.
 */
export function parseWorld(text: string, file: string, options: WorldOptions): World {
  const faults = new DocumentFaults();
  const { tree, locate } = readDocument(text, faults);
  const world = faults.count === 0 ? readTree(tree, options, faults) : undefined;
  if (world !== undefined) return world;
  throw worldError(faults, file, (fault) => {
    const { line, column } = locate(fault);
    return `${file}:${line}:${column}: `;
  });
}
