import { serverLimits } from "../core/limits.ts";
import type { RecordReader, Records } from "../engine/records.ts";

/** Records that requests ask for again and again, kept as they were read until one of their kinds changes. */
export class KnownRecords implements Pick<RecordReader, "get"> {
  readonly #records: Records;
  readonly #kinds: readonly string[];
  readonly #known = new Map<string, unknown>();
  #changes = 0;

  constructor(records: Records, kinds: readonly string[]) {
    this.#records = records;
    this.#kinds = kinds;
  }

  /** Not to be changed. Undefined: there is none. */
  get(kind: string, id: string): unknown {
    let changes = 0;
    for (const one of this.#kinds) changes += this.#records.changesOf(one);
    if (changes !== this.#changes) this.#known.clear();
    this.#changes = changes;
    const name = `${kind} ${id}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found = this.#records.get(kind, id);
    if (found === undefined) return undefined;
    if (this.#known.size >= serverLimits.compiledPolicies) this.#known.clear();
    this.#known.set(name, found);
    return found;
  }
}
