/** An `@example` of a docstring. */
export interface Example {
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

/** The examples of a source's docstrings, in their order. */
export function readExamples(source: string): readonly Example[] {
  const examples: Example[] = [];
  let lines: string[] | undefined;
  let first = 0;
  const end = () => {
    if (lines !== undefined) examples.push({ text: lines.join("\n").trimEnd(), line: first });
    lines = undefined;
  };
  source.split("\n").forEach((line, index) => {
    const content = /^\s*\* ?(?!\/)(.*)$/.exec(line)?.[1];
    if (content === undefined || content.startsWith("@")) end();
    if (content?.trim() === "@example") {
      lines = [];
      first = index + 2;
    } else if (content !== undefined) {
      lines?.push(content);
    }
  });
  return examples;
}

/** What an example may use without saying where it is from: modules by the names that they export. */
export type Vocabulary = ReadonlyMap<string, string>;

/** Each example as a function, its words imported, and the line of the source for each line of the program. */
export function programOfExamples(
  examples: readonly Example[],
  vocabulary: Vocabulary,
): { readonly text: string; readonly origins: readonly number[] } {
  const rows: [string, number][] = [];
  const own: [string, number][] = [];
  const used = new Map<string, Set<string>>();
  for (const { text, line } of examples) {
    const declared = new Set([
      ...[...text.matchAll(/\b(?:const|let|function|class) (\w+)/g)].map(([, name]) => name),
      ...[...text.matchAll(/^import .*$/gm)].flatMap(([row]) => row.match(/\w+/g) ?? []),
    ]);
    for (const [word] of text.matchAll(/\b[A-Za-z]\w*\b/g)) {
      const from = vocabulary.get(word);
      if (from !== undefined && !declared.has(word)) {
        used.set(from, (used.get(from) ?? new Set()).add(word));
      }
    }
    rows.push([`export async function example${line}() {`, line]);
    text.split("\n").forEach((row, offset) => {
      if (row.startsWith("import ")) own.push([row, line + offset]);
      else rows.push([row, line + offset]);
    });
    rows.push(["}", line]);
  }
  const imports = [...used].map(([from, names]): [string, number] => [
    `import { ${[...names].join(", ")} } from "${from}";`,
    0,
  ]);
  const all = [...imports, ...own, ...rows];
  return { text: all.map(([row]) => row).join("\n"), origins: all.map(([, line]) => line) };
}
