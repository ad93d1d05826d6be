import { worldLimits } from "../../core/world-limits.ts";

/** Names and indices from the top of a world to one of its values. */
export type WorldPath = readonly (string | number)[];

/** What is wrong in a world, and where. */
export interface WorldFault {
  readonly path: WorldPath;
  /** Whether it is about the name that the path ends in, not about its value. */
  readonly atName: boolean;
  /** A sentence without its subject, such as `must be a list, not a text`. */
  readonly problem: string;
  /** In the text of the document, where that is known better than by the path. */
  readonly offset?: number;
}

/** The faults of one world, in the order in which they were found, up to a bound. */
export class WorldFaults {
  readonly #list: WorldFault[] = [];
  #count = 0;

  add(path: WorldPath, problem: string): void {
    this.put({ path, problem, atName: false });
  }

  addAtName(path: WorldPath, problem: string): void {
    this.put({ path, problem, atName: true });
  }

  put(fault: WorldFault): void {
    this.#count += 1;
    if (this.#list.length < worldLimits.faultsTold) this.#list.push(fault);
  }

  get list(): readonly WorldFault[] {
    return this.#list;
  }

  /** Whether further ones are only counted. */
  get isFull(): boolean {
    return this.#list.length === worldLimits.faultsTold;
  }

  /** Those not in `list` too. */
  get count(): number {
    return this.#count;
  }
}

/** As people write it: `accounts.111122223333.users["a b"].groups[0]`. */
export function showPath(path: WorldPath): string {
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
