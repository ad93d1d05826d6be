/** A block of code of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
  /** The heading of second order that it stands under; empty above the first. */
  readonly section: string;
  /** What the page says that it prints, in a block of `text` right behind. */
  readonly prints?: string;
  /** The exit code of commands that end so, as a comment before them says: `<!-- ends with 8 -->`. */
  readonly exitCode?: number;
  /** Why it is not run, as a comment before it says: `<!-- not run: it needs an account -->`. */
  readonly notRun?: string;
}

/** The blocks of code of a document, in their order. */
export function readBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split("\n");
  let section = "";
  let notRun: string | undefined;
  let exitCode: number | undefined;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.startsWith("## ")) section = line.slice(3);
    const reason = /^<!-- not run: (.+) -->$/.exec(line)?.[1];
    if (reason !== undefined) notRun = reason;
    const code = /^<!-- ends with (\d+) -->$/.exec(line)?.[1];
    if (code !== undefined) exitCode = Number(code);
    const statement = lastCell(lines, index);
    if (statement !== undefined) {
      blocks.push({ language: "ts", text: `${statement};`, line: index + 1, section });
    }
    const language = /^```(\w+)$/.exec(line)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", index + 1);
    const text = lines.slice(index + 1, end).join("\n");
    const before = blocks.at(-1);
    if (language === "text" && before !== undefined && follows(lines, before, index)) {
      blocks[blocks.length - 1] = { ...before, prints: text };
    } else {
      const notes = {
        ...(notRun !== undefined && { notRun }),
        ...(exitCode !== undefined && { exitCode }),
      };
      blocks.push({ language, text, line: index + 2, section, ...notes });
    }
    notRun = undefined;
    exitCode = undefined;
    index = end;
  }
  return blocks;
}

/** The code of a row's last cell, in a table whose last column is headed by the package's name. */
function lastCell(lines: readonly string[], index: number): string | undefined {
  const code = /\| `([^`]+)` \|$/.exec(lines[index] ?? "")?.[1];
  if (code === undefined) return undefined;
  let head = index;
  while (lines[head - 1]?.startsWith("|") === true) head--;
  return lines[head]?.endsWith("| sms-api-storage |") === true
    ? code.replaceAll("\\|", "|")
    : undefined;
}

/** Whether nothing but an empty line, or one that says so, stands between a block and the next. */
function follows(lines: readonly string[], block: Block, at: number): boolean {
  const end = block.line + block.text.split("\n").length;
  return lines.slice(end, at).every((line) => line === "" || line.endsWith("prints"));
}

/** A program made of a page, and the line of the page from which each of its own lines is. */
export interface PageProgram {
  readonly text: string;
  readonly origins: readonly number[];
}

/** The first line of a block that begins a file of its own. */
const fileName = /^\/\/ ([\w.-]+)\.(?:ts|m?js)$/m;

/**
 * What a reader has who copies a page's blocks in their order: one file, but for the blocks that name a file in
 * their first line. By path without the ending.
 */
export function pastedFiles(
  page: string,
  blocks: readonly Block[],
): ReadonlyMap<string, PageProgram> {
  const files = new Map<string, [string, number][]>();
  let file = `${page}/page`;
  for (const { language, text, line } of blocks) {
    if (!isScript(language)) continue;
    const lines = text.split("\n");
    const name = fileName.exec(lines[0] ?? "")?.[1];
    if (name !== undefined) file = `${page}/${name}`;
    const rows = files.get(file) ?? [["export {};", 0]];
    files.set(file, [...rows, ...lines.map((row, at): [string, number] => [row, line + at])]);
  }
  return new Map([...files].map(([path, rows]) => [path, rowsProgram(rows)]));
}

/** Lines with those of the page that they are from. */
function rowsProgram(rows: readonly (readonly [string, number])[]): PageProgram {
  return { text: rows.map(([row]) => row).join("\n"), origins: rows.map(([, line]) => line) };
}

/** Stands in the output where the block of that number has ended. */
export const endMark = (block: number): string => `\u0001${block}\u0001`;

/**
 * The blocks of a page as one program: what stands above the first section holds for the whole page, each section
 * is a scope of its own. Commands run in their place, by bash.
 */
export function programOf(blocks: readonly Block[]): PageProgram {
  const imports = new Map<string, Set<string>>();
  const body: [string, number][] = [];
  let section = "";
  blocks.forEach((block, index) => {
    if (block.section !== section) {
      if (section !== "") body.push(["}", block.line]);
      if (block.section !== "") body.push(["{", block.line]);
      section = block.section;
    }
    const lines = linesOf(block, imports);
    const runs = block.notRun === undefined;
    if (!runs) body.push([`async function block${index}() {`, block.line]);
    lines.forEach((line, offset) => body.push([line, block.line + offset]));
    body.push([runs ? `markEnd(${index});` : "}", block.line]);
    if (!runs) body.push([`void block${index};`, block.line]);
  });
  if (section !== "") body.push(["}", 0]);
  const head = [...imports].map(([from, names]): [string, number] => [
    `import { ${[...names].join(", ")} } from "${from}";`,
    0,
  ]);
  const all = [...prelude.map((line): [string, number] => [line, 0]), ...head, ...body];
  return rowsProgram(all);
}

const prelude = [
  `import { execFileSync as runInBash } from "node:child_process";`,
  `const markEnd = (block: number) => process.stdout.write("\\u0001" + block + "\\u0001");`,
  `void runInBash;`,
];

/** Compiled with the page's TypeScript, which checks JavaScript the harder. */
function isScript(language: string): boolean {
  return ["ts", "js", "mjs"].includes(language);
}

/** Its lines without imports, which are gathered, since they may not stand in a scope. */
function linesOf(block: Block, imports: Map<string, Set<string>>): readonly string[] {
  if (!isScript(block.language)) {
    const program = JSON.stringify(`set -euo pipefail\n${block.text}`);
    const judge = JSON.stringify(`bash -c "$0"; [ $? -eq ${block.exitCode ?? 0} ]`);
    const inherit = `{ stdio: ["ignore", "inherit", "inherit"] }`;
    return [`runInBash("bash", ["-c", ${judge}, ${program}], ${inherit});`];
  }
  const text = block.text.replace(
    /^import \{([^}]*)\} from "([^"]+)";/gm,
    (whole, names: string, from: string) => {
      // Files of the same page are one program here.
      if (from.startsWith("./")) return whole.replaceAll(/[^\n]/g, "");
      const known = imports.get(from) ?? new Set();
      for (const name of names.split(",")) if (name.trim() !== "") known.add(name.trim());
      imports.set(from, known);
      return whole.replaceAll(/[^\n]/g, "");
    },
  );
  return text.split("\n");
}
