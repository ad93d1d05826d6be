import { compileGlob, type Glob } from "./glob.ts";

/** One `--include` or `--exclude`, in the order in which they were given. */
export interface SelectionRule {
  readonly kind: "include" | "exclude";
  /** See `Glob`; over the whole path. With `/` at its end it means everything in that folder. */
  readonly pattern: string;
}

/** What of a tree is meant. Everything that is left out selects all. */
export interface SelectionWishes {
  readonly rules?: readonly SelectionRule[];
  /** Changed after this moment. */
  readonly newerThan?: Date;
  /** Changed before this moment. */
  readonly olderThan?: Date;
  readonly largerThanBytes?: number;
  readonly smallerThanBytes?: number;
}

/** A file or object to be judged. */
export interface SelectionCandidate {
  /** Below the root of the tree, with `/` between names on every system. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modified: Date;
}

interface CompiledRule {
  readonly takes: boolean;
  readonly glob: Glob;
}

/**
 * Which files or objects of a tree are meant. Of the rules the last one that fits decides, as in the
 * AWS CLI. What fits none is taken, unless the first rule is an include: then only what is included
 * is meant. All limits have to hold as well.
 */
export class Selection {
  /** Selects everything. */
  static readonly all = new Selection({});

  /** Whether nothing is left out. */
  readonly isAll: boolean;
  /** Whether size or time are asked for, so that a path alone does not tell. */
  readonly hasLimits: boolean;
  /** What the path of everything that is selected begins with. */
  readonly prefix: string;
  readonly #rules: readonly CompiledRule[];
  readonly #takesOthers: boolean;
  readonly #wishes: SelectionWishes;

  constructor(wishes: SelectionWishes) {
    const { rules = [], ...limits } = wishes;
    this.#wishes = wishes;
    this.#rules = rules.map(({ kind, pattern }) => ({
      takes: kind === "include",
      glob: compileGlob(pattern.endsWith("/") ? `${pattern}*` : pattern),
    }));
    this.#takesOthers = rules[0]?.kind !== "include";
    this.hasLimits = Object.values(limits).some((limit) => limit !== undefined);
    this.isAll = rules.length === 0 && !this.hasLimits;
    this.prefix = this.#takesOthers ? "" : commonPrefix(this.#rules);
  }

  accepts({ path, sizeBytes, modified }: SelectionCandidate): boolean {
    if (!this.acceptsPath(path)) return false;
    if (!this.hasLimits) return true;
    const { newerThan, olderThan, largerThanBytes, smallerThanBytes } = this.#wishes;
    return (
      (newerThan === undefined || modified > newerThan) &&
      (olderThan === undefined || modified < olderThan) &&
      (largerThanBytes === undefined || sizeBytes > largerThanBytes) &&
      (smallerThanBytes === undefined || sizeBytes < smallerThanBytes)
    );
  }

  /** By the rules alone, for what has neither size nor time. */
  acceptsPath(path: string): boolean {
    const rule = this.#rules.findLast(({ glob }) => glob.matches(path));
    return rule?.takes ?? this.#takesOthers;
  }

  /**
   * False when nothing below the folder can be selected, so that nobody has to look into it. The
   * path ends with `/`, or is empty for the root.
   */
  mayAcceptBelow(folder: string): boolean {
    for (const { takes, glob } of this.#rules.toReversed()) {
      if (takes && glob.mayFitBelow(folder)) return true;
      if (!takes && glob.fitsAllBelow(folder)) return false;
    }
    return this.#takesOthers;
  }
}

function commonPrefix(rules: readonly CompiledRule[]): string {
  const prefixes = rules.flatMap(({ takes, glob }) => (takes ? [glob.literalPrefix] : []));
  return prefixes.reduce((shared, prefix) => {
    const characters = Array.from(prefix);
    const mine = Array.from(shared);
    const end = mine.findIndex((character, index) => character !== characters[index]);
    return end === -1 ? shared : mine.slice(0, end).join("");
  });
}
