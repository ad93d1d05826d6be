import { documentLimits } from "../core/document-limits.ts";

/** Names and indices from the top of a document to one of its values. */
export type DocumentPath = readonly (string | number)[];

/** What is wrong in a document, and where. */
export interface DocumentFault {
  readonly path: DocumentPath;
  /** Whether it is about the name that the path ends in, not about its value. */
  readonly atName: boolean;
  /** A sentence without its subject, such as `must be a list, not a text`. */
  readonly problem: string;
  /** In the text of the document, where that is known better than by the path. */
  readonly offset?: number;
}

/** The faults of one document, in the order in which they were found, up to a bound. */
export class DocumentFaults {
  readonly #list: DocumentFault[] = [];
  #count = 0;

  add(path: DocumentPath, problem: string): void {
    this.put({ path, problem, atName: false });
  }

  addAtName(path: DocumentPath, problem: string): void {
    this.put({ path, problem, atName: true });
  }

  put(fault: DocumentFault): void {
    this.#count += 1;
    if (this.#list.length < documentLimits.faultsTold) this.#list.push(fault);
  }

  get list(): readonly DocumentFault[] {
    return this.#list;
  }

  /** Whether further ones are only counted. */
  get isFull(): boolean {
    return this.#list.length === documentLimits.faultsTold;
  }

  /** Those not in `list` too. */
  get count(): number {
    return this.#count;
  }
}

/** As people write it: `accounts.111122223333.users["a b"].groups[0]`. */
function showPath(path: DocumentPath): string {
  if (path.length === 0) return "the document";
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      const shown = step.length > 128 ? `${step.slice(0, 128)}...` : step;
      if (!/^[\w@+=,-]+$/.test(shown)) return `[${JSON.stringify(shown)}]`;
      return index === 0 ? shown : `.${shown}`;
    })
    .join("");
}

/** A question at its end is full stop enough. */
function sentenceOf({ path, problem }: DocumentFault): string {
  return `${showPath(path)} ${problem}${problem.endsWith("?") ? "" : "."}`;
}

/**
 * All that is told of a document, a fault a line; a single one stands alone. `placeOf`: what comes
 * before a fault, such as `file:3:1: `.
 */
export function faultsMessage(
  faults: DocumentFaults,
  what: string,
  placeOf: (fault: DocumentFault) => string,
): string {
  const { list, count } = faults;
  const lines = list.map((fault) => `${placeOf(fault)}${sentenceOf(fault)}`);
  if (count === 1) return lines.join("");
  const more = count - lines.length;
  const rest = more > 0 ? [`... and ${more} more.`] : [];
  return [`${what} has ${count} faults:`, ...lines.map((line) => `  ${line}`), ...rest].join("\n");
}
