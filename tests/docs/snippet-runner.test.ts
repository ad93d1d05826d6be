import { describe, expect, it } from "vitest";
import { pastedFiles, programOf, readBlocks } from "./snippets.ts";

const page = [
  "Intro.",
  "```ts",
  'import { a } from "x";',
  "const one = a;",
  "```",
  "## First",
  "```ts",
  'import { a, b } from "x";',
  "console.log(one, b);",
  "```",
  "It prints",
  "```text",
  "1 2",
  "```",
  "## Second",
  "<!-- not run: it would format the disk -->",
  "```ts",
  "console.log(3);",
  "```",
  "<!-- ends with 8 -->",
  "```sh",
  "doctor",
  "```",
  "| before | sms-api-storage |",
  "|---|---|",
  "| `x \\| y` | `const two = one \\| 2` |",
  "| before | after |",
].join("\n");

describe("the code of a page", () => {
  it("is found with what it prints, why it is not run, how it ends, and in tables", () => {
    expect(readBlocks(page).map(({ line: _line, ...block }) => block)).toEqual([
      { language: "ts", text: 'import { a } from "x";\nconst one = a;', section: "" },
      {
        language: "ts",
        text: 'import { a, b } from "x";\nconsole.log(one, b);',
        section: "First",
        prints: "1 2",
      },
      {
        language: "ts",
        text: "console.log(3);",
        section: "Second",
        notRun: "it would format the disk",
      },
      { language: "sh", text: "doctor", section: "Second", exitCode: 8 },
      { language: "ts", text: "const two = one | 2;", section: "Second" },
    ]);
  });

  it("becomes one program, whose lines know where they are from", () => {
    const { text, origins } = programOf(readBlocks(page));
    const lines = text.split("\n");
    expect(lines.filter((line) => line.startsWith("import { a"))).toEqual([
      'import { a, b } from "x";',
    ]);
    expect(origins[lines.indexOf("console.log(one, b);")]).toBe(9);
    expect(lines).toContain("async function block2() {");
    expect(text).toContain("[ $? -eq 8 ]");
    expect(origins.length).toBe(lines.length);
  });

  it("may be JavaScript too, in its place", () => {
    const { text } = programOf(readBlocks('```js\nimport { a } from "x";\na();\n```'));
    expect(text.split("\n").slice(-3)).toEqual(["", "a();", "markEnd(0);"]);
    expect(text).toContain('import { a } from "x";');
  });

  it("is pasted into one file as it stands, or into those that it names", () => {
    const other = '```ts\n// count.test.ts\nimport { a } from "x";\n```';
    const files = pastedFiles("docs/page", readBlocks(`${page}\n\n${other}`));
    expect([...files.keys()]).toEqual(["docs/page/page", "docs/page/count.test"]);
    const whole = files.get("docs/page/page");
    expect(whole?.text.split("\n").filter((line) => line.startsWith("import "))).toEqual([
      'import { a } from "x";',
      'import { a, b } from "x";',
    ]);
    expect(whole?.origins.at(-1)).toBe(26);
    expect(files.get("docs/page/count.test")?.origins).toEqual([0, 30, 31]);
  });
});
