import { StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";

const dayMs = 86_400_000;

/** Ages by which usage is told: younger than so many days; what is older than all comes last. */
export const ageLimitsDays = [1, 7, 30, 90, 365] as const;

export interface UsageCount {
  readonly objects: number;
  readonly bytes: number;
}

/** What lies under a prefix. */
export interface UsageGroup {
  readonly prefix: string;
  /** Current versions. */
  readonly objects: number;
  readonly bytes: number;
  /** Older versions. */
  readonly noncurrent: UsageCount;
  readonly deleteMarkers: number;
  /** By storage class, current and older versions. */
  readonly classes: ReadonlyMap<string, UsageCount>;
  /** By age, in the order of `ageLimitsDays`, and one more. Current and older versions. */
  readonly ages: readonly UsageCount[];
}

/** An object or version to be counted. */
export interface UsageEntry {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
  readonly storageClass?: string;
  readonly isLatest?: boolean;
  readonly isDeleteMarker?: boolean;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

interface OpenGroup extends Writable<Omit<UsageGroup, "noncurrent" | "classes" | "ages">> {
  readonly noncurrent: Writable<UsageCount>;
  readonly classes: Map<string, Writable<UsageCount>>;
  readonly ages: Writable<UsageCount>[];
}

/**
 * Adds up what lies under a prefix and in its folders down to a depth. Of a listing in order it holds
 * the folders that the last key lies in; of one without, all of them, up to
 * `transferLimits.usageGroups`.
 */
export class UsageGroups {
  readonly #root: string;
  readonly #depth: number;
  readonly #isOrdered: boolean;
  readonly #now: number;
  /** From the root to the deepest; without an order in that of their first key. */
  readonly #open = new Map<string, OpenGroup>();
  #deepest: readonly OpenGroup[] = [];

  /** `depth` 0: the prefix alone. */
  constructor(
    prefix: string,
    options: { readonly depth: number; readonly isOrdered: boolean; readonly now: Date },
  ) {
    this.#root = prefix;
    this.#depth = options.depth;
    this.#isOrdered = options.isOrdered;
    this.#now = options.now.getTime();
    this.#groupOf(prefix);
  }

  /** Counts an entry; answers the groups that it shows to be complete, the deepest first. */
  add(entry: UsageEntry): readonly UsageGroup[] {
    const last = this.#deepest.at(-1);
    const isSame = last !== undefined && this.#isDeepest(last.prefix, entry.key);
    const complete = isSame ? [] : this.#turnTo(entry.key);
    for (const group of this.#deepest) this.#count(group, entry);
    return complete;
  }

  /** All groups that are left, the whole prefix last. */
  end(): readonly UsageGroup[] {
    return [...this.#open.values()].toReversed();
  }

  /** Whether a key lies in a folder and in none below it that counts. */
  #isDeepest(folder: string, key: string): boolean {
    if (!key.startsWith(folder)) return false;
    const depth = this.#deepest.length - 1;
    return depth === this.#depth || !key.includes("/", folder.length);
  }

  #turnTo(key: string): UsageGroup[] {
    const prefixes = [this.#root];
    let at = this.#root.length;
    for (let depth = 0; depth < this.#depth; depth += 1) {
      const slash = key.indexOf("/", at);
      if (slash === -1) break;
      at = slash + 1;
      prefixes.push(key.slice(0, at));
    }
    const complete = this.#isOrdered ? this.#closeAllBut(new Set(prefixes)) : [];
    this.#deepest = prefixes.map((prefix) => this.#groupOf(prefix));
    return complete;
  }

  #closeAllBut(prefixes: ReadonlySet<string>): UsageGroup[] {
    const complete = [...this.#open.values()].filter(({ prefix }) => !prefixes.has(prefix));
    for (const { prefix } of complete) this.#open.delete(prefix);
    return complete.toReversed();
  }

  #groupOf(prefix: string): OpenGroup {
    const known = this.#open.get(prefix);
    if (known !== undefined) return known;
    if (this.#open.size >= transferLimits.usageGroups) throw tooMany();
    const group: OpenGroup = {
      prefix,
      objects: 0,
      bytes: 0,
      noncurrent: { objects: 0, bytes: 0 },
      deleteMarkers: 0,
      classes: new Map(),
      ages: Array.from({ length: ageLimitsDays.length + 1 }, () => ({ objects: 0, bytes: 0 })),
    };
    this.#open.set(prefix, group);
    return group;
  }

  #count(group: OpenGroup, entry: UsageEntry): void {
    if (entry.isDeleteMarker === true) {
      group.deleteMarkers += 1;
      return;
    }
    const { sizeBytes, storageClass = "STANDARD", isLatest = true } = entry;
    addTo(isLatest ? group : group.noncurrent, sizeBytes);
    const ofClass = group.classes.get(storageClass) ?? { objects: 0, bytes: 0 };
    addTo(ofClass, sizeBytes);
    group.classes.set(storageClass, ofClass);
    const days = (this.#now - entry.lastModified.getTime()) / dayMs;
    const index = ageLimitsDays.findIndex((limit) => days < limit);
    const ofAge = group.ages.at(index);
    if (ofAge !== undefined) addTo(ofAge, sizeBytes);
  }
}

function addTo(count: Writable<UsageCount>, sizeBytes: number): void {
  count.objects += 1;
  count.bytes += sizeBytes;
}

function tooMany(): StorageError {
  const limit = transferLimits.usageGroups;
  return new StorageError(
    "QuotaExceeded",
    `There are more than ${limit} folders, and this store lists them in no order.`,
    { remedy: "Take a smaller --depth, or one folder after the other." },
  );
}
