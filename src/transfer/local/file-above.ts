/** Finds keys that lie below another key, as if that were a folder, among keys in their order. */
export class FileAbove {
  /** Keys that a later one may take for a folder; each begins with the one before. */
  readonly #open: string[] = [];

  /** The key above this one, if there was one; else this one may be above later ones. */
  add(name: string): string | undefined {
    const open = this.#open;
    // Those below a file follow it before any that does not begin so.
    for (let file = open.at(-1); file !== undefined && !name.startsWith(file);) {
      open.pop();
      file = open.at(-1);
    }
    const above = open.find((candidate) => name[candidate.length] === "/");
    if (above === undefined) open.push(name);
    return above;
  }
}
