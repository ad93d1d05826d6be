import { isStorageError, StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { asFolder, compareKeys } from "../../core/object-key.ts";
import type { Tree, TreeItem } from "./tree-item.ts";

/** What two trees have under one path; one of them at least. */
export interface TreePair {
  readonly path: string;
  readonly source: TreeItem | undefined;
  readonly target: TreeItem | undefined;
}

/**
 * Goes through two trees side by side, path by path. Holds no more of them than they give at a time.
 * What of the target lies in a folder of the source of which nothing is known, or below a link that leads
 * nowhere just now, has that item for its source. Throws IntegrityError where a tree is not in the order of keys, and what the trees throw.
 */
export async function* mergeTrees(source: Tree, target: Tree): AsyncGenerator<TreePair[], void> {
  const merge = new TreeMerge(source, target);
  try {
    while (await merge.fill()) {
      merge.take();
      if (merge.pairs.length >= transferLimits.treeBatch) yield merge.pairs.splice(0);
    }
    if (merge.pairs.length > 0) yield merge.pairs;
  } finally {
    await merge.close();
  }
}

/** Whether a merge failed since a tree, whose store was thought to keep the order of keys, does not. */
export function isUnordered(error: unknown): boolean {
  return isStorageError(error, "IntegrityError") && error.details["Unordered"] === "true";
}

class TreeMerge {
  readonly pairs: TreePair[] = [];
  readonly #sources: TreeCursor;
  readonly #targets: TreeCursor;
  /** What of the source is of no use, while the target may be in it; each begins with the one before. */
  readonly #covering: TreeItem[] = [];

  constructor(source: Tree, target: Tree) {
    this.#sources = new TreeCursor(source);
    this.#targets = new TreeCursor(target);
  }

  /** Reads on where one has nothing left. False at the end of both. */
  async fill(): Promise<boolean> {
    await this.#sources.fill();
    await this.#targets.fill();
    return !(this.#sources.isOver && this.#targets.isOver);
  }

  /** Takes what can be told without reading on. */
  take(): void {
    const both = [this.#sources, this.#targets];
    while (both.every((cursor) => cursor.canBeTaken) && !both.every((cursor) => cursor.isOver)) {
      this.pairs.push(this.#covered(takePair(this.#sources, this.#targets)));
    }
  }

  async close(): Promise<void> {
    await this.#sources.close();
    await this.#targets.close();
  }

  #covered(pair: TreePair): TreePair {
    const { path, source } = pair;
    for (let last = this.#covering.at(-1); last !== undefined; last = this.#covering.at(-1)) {
      if (path.startsWith(last.path)) break;
      this.#covering.pop();
    }
    if (source?.unusable !== undefined) this.#covering.push(source);
    if (source !== undefined || this.#covering.length === 0) return pair;
    const cover = this.#covering.find((item) => path.startsWith(asFolder(item.path)));
    return cover === undefined ? pair : { ...pair, source: cover };
  }
}

function takePair(sources: TreeCursor, targets: TreeCursor): TreePair {
  const source = sources.item;
  const target = targets.item;
  const order =
    source === undefined ? 1 : target === undefined ? -1 : compareKeys(source.path, target.path);
  if (order <= 0) sources.advance();
  if (order >= 0) targets.advance();
  return {
    path: (order <= 0 ? source?.path : target?.path) ?? "",
    source: order <= 0 ? source : undefined,
    target: order >= 0 ? target : undefined,
  };
}

class TreeCursor {
  readonly #iterator: AsyncIterator<readonly TreeItem[]>;
  #items: readonly TreeItem[] = [];
  #index = 0;
  #previous: string | undefined;
  isOver = false;

  constructor(tree: Tree) {
    this.#iterator = tree[Symbol.asyncIterator]();
  }

  /** The first one that was not taken, where one was read. */
  get item(): TreeItem | undefined {
    return this.#items[this.#index];
  }

  get isEmpty(): boolean {
    return this.#index >= this.#items.length && !this.isOver;
  }

  get canBeTaken(): boolean {
    return this.isOver || this.#index < this.#items.length;
  }

  advance(): void {
    const path = this.item?.path ?? "";
    if (this.#previous !== undefined && compareKeys(this.#previous, path) >= 0) {
      const message = `${this.#previous} comes before ${path}: a listing is not in the order of keys.`;
      throw new StorageError("IntegrityError", message, { details: { Unordered: "true" } });
    }
    this.#previous = path;
    this.#index += 1;
  }

  async fill(): Promise<void> {
    while (this.isEmpty) {
      const { value, done } = await this.#iterator.next();
      this.#items = done === true ? [] : value;
      this.#index = 0;
      this.isOver = done === true;
    }
  }

  async close(): Promise<void> {
    if (!this.isOver) await this.#iterator.return?.();
  }
}
