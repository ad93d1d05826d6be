/** Finds names that come twice, and files that are folders as well, in names of any order. */
export class MemberNames {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #fold: (name: string) => string;

  /** `fold`: makes one of names that the target cannot tell apart. Default: none are. */
  constructor(fold: (name: string) => string = (name) => name) {
    this.#fold = fold;
  }

  get size(): number {
    return this.#files.size + this.#folders.size;
  }

  /** Remembers a name; or says, to follow "its name", why it cannot stand beside those before it. */
  add(name: string): string | undefined {
    const isFolder = name.endsWith("/");
    const path = this.#fold(isFolder ? name.slice(0, -1) : name);
    const conflict = this.#conflict(path, isFolder);
    if (conflict !== undefined) return conflict;
    (isFolder ? this.#folders : this.#files).add(path);
    // Folders above one that is known are known as well.
    let end = path.lastIndexOf("/");
    for (
      ;
      end > 0 && !this.#folders.has(path.slice(0, end));
      end = path.lastIndexOf("/", end - 1)
    ) {
      this.#folders.add(path.slice(0, end));
    }
    return undefined;
  }

  #conflict(path: string, isFolder: boolean): string | undefined {
    if (this.#files.has(path)) {
      return isFolder ? "is that of a file as well" : "comes a second time";
    }
    if (!isFolder && this.#folders.has(path)) return "is that of a folder as well";
    for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
      const above = path.slice(0, end);
      if (this.#files.has(above)) return `lies below ${above}, which is a file`;
    }
    return undefined;
  }
}
