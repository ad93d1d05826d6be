import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../architecture/sources.ts";

/** A fenced block of a page, whatever its language. */
export interface Fence {
  /** Of the page, from the root of the repository. */
  readonly path: string;
  /** Of the line that opens it, from 1. */
  readonly line: number;
  /** All that stands behind the opening marks; empty where nothing does. */
  readonly language: string;
  readonly text: string;
}

/** The pages of the repository: path -> text. */
export function readPages(): ReadonlyMap<string, string> {
  const options = { cwd: root, encoding: "utf8" } as const;
  const paths = execFileSync("git", ["ls-files", "-z", "--", "*.md"], options).split("\0");
  const there = paths.filter((path) => path !== "" && existsSync(join(root, path)));
  return new Map(there.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** Every fenced block, also of a list or a quotation, by three marks or more, open to the end where nothing ends it. */
export function findFences(path: string, page: string): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { fence: Fence; mark: string; rows: string[]; indent: string } | undefined;
  const end = () => {
    if (open !== undefined) fences.push({ ...open.fence, text: open.rows.join("\n") });
    open = undefined;
  };
  page.split("\n").forEach((row, index) => {
    const [, indent = "", mark = "", info = ""] =
      /^((?:[ \t]|>|[-*+] |\d+\. )*)(`{3,}|~{3,})(.*)$/.exec(row) ?? [];
    if (open === undefined) {
      if (mark === "" || (mark.startsWith("`") && info.includes("`"))) return;
      const fence = { path, line: index + 1, language: info.trim(), text: "" };
      open = { fence, mark, rows: [], indent };
    } else if (mark.startsWith(open.mark) && info.trim() === "") {
      end();
    } else {
      open.rows.push(row.startsWith(open.indent) ? row.slice(open.indent.length) : row);
    }
  });
  end();
  return fences;
}
