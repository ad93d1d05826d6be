import { tooMuch } from "./bomb-guard.ts";

/** What is known below a folder, by one part of a name each. */
type Folder = Map<string, Folder | "file">;

interface MemberNamesOptions {
  /** Makes one of names that the target cannot tell apart. Default: none are. */
  readonly fold?: (name: string) => string;
  /** Folders at most, those included that names only lie below. */
  readonly maxFolders: number;
}

/**
 * Finds names that come twice, and files that are folders as well, in names of any order. A name costs
 * one step for each of its parts, and memory for those that no name before it had.
 */
export class MemberNames {
  readonly #root: Folder = new Map();
  readonly #fold: (name: string) => string;
  readonly #maxFolders: number;
  #folders = 0;

  constructor({ fold = (name) => name, maxFolders }: MemberNamesOptions) {
    this.#fold = fold;
    this.#maxFolders = maxFolders;
  }

  /** Folders that the names until now need. */
  get folders(): number {
    return this.#folders;
  }

  /**
   * Remembers a name; or says, to follow "its name", why it cannot stand beside those before it. Throws
   * InvalidArgument once there are too many folders.
   */
  add(name: string): string | undefined {
    const isFolder = name.endsWith("/");
    const parts = this.#fold(isFolder ? name.slice(0, -1) : name).split("/");
    const last = parts.pop() ?? "";
    let above = this.#root;
    for (const [index, part] of parts.entries()) {
      const place = above.get(part) ?? this.#makeFolder(above, part);
      if (place === "file") {
        return `lies below ${parts.slice(0, index + 1).join("/")}, which is a file`;
      }
      above = place;
    }
    const known = above.get(last);
    if (known === "file") return isFolder ? "is that of a file as well" : "comes a second time";
    if (isFolder) {
      if (known === undefined) this.#makeFolder(above, last);
    } else if (known === undefined) above.set(last, "file");
    else return "is that of a folder as well";
    return undefined;
  }

  #makeFolder(above: Folder, part: string): Folder {
    this.#folders += 1;
    if (this.#folders > this.#maxFolders) {
      throw tooMuch(`has more than ${this.#maxFolders} folders`, "maxEntries");
    }
    const folder: Folder = new Map();
    above.set(part, folder);
    return folder;
  }
}
