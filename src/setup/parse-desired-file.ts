import { StorageError } from "../core/errors.ts";
import { type DocumentFault, DocumentFaults, faultsMessage } from "../shapes/document-faults.ts";
import { readDocument } from "../shapes/read-document.ts";
import { unfit } from "../shapes/shape.ts";
import { type DesiredFile, desiredFileShape } from "./desired-file.ts";

export interface ParsedDesiredFile {
  readonly wish: DesiredFile;
  /** Line of each value that the file gives, by its path: `policy.access`. */
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Reads a wish from YAML or JSON. Throws StorageError ConfigurationError with all that is wrong in it,
 * up to a bound, each as `file:line:column: path problem`.
 */
export function parseDesiredFile(source: string, file: string): ParsedDesiredFile {
  const faults = new DocumentFaults();
  const { tree, locate } = readDocument(source, faults);
  const wish = faults.count === 0 ? desiredFileShape.read(tree, { path: [], faults }) : unfit;
  if (wish !== unfit && faults.count === 0) return { wish, lines: linesOf(tree, locate) };
  const placeOf = (fault: DocumentFault) => {
    const { line, column } = locate(fault);
    return `${file}:${line}:${column}: `;
  };
  throw new StorageError("ConfigurationError", faultsMessage(faults, file, placeOf), {
    operation: "setup",
    remedy:
      "Correct the file; docs/setup.md and docs/sms-storage.schema.json say what it can hold.",
  });
}

function linesOf(
  tree: unknown,
  locate: (fault: DocumentFault) => { readonly line: number },
  path: readonly string[] = [],
): Map<string, number> {
  if (!(tree instanceof Map)) {
    const { line } = locate({ path, atName: true, problem: "" });
    return new Map([[path.join("."), line]]);
  }
  const members = [...(tree as ReadonlyMap<string, unknown>)];
  return new Map(members.flatMap(([name, value]) => [...linesOf(value, locate, [...path, name])]));
}
