import { readdirSync, readFileSync } from "node:fs";
import type { CauseRow } from "../../src/checks/doctor/cause-row.ts";

/** A trial in which a cause is named first, and cured; told by the title of its test. */
export interface Scenario {
  readonly id: string;
  /** Without its last word on the cure. */
  readonly made: string;
  readonly cure: string;
  /** No world here can bring it about, so that AWS's answer is given back. */
  readonly isRecorded: boolean;
  /** The refusal of another tool is explained; otherwise all layers are looked at. */
  readonly isTold: boolean;
  readonly file: string;
}

/** Titles of tests, whether they stand in a call or in data. */
const titles = /(?:\btest\(|\btitle:)\s*"((?:D\d\d\b)[^"\n]*)"/g;
const form = /^(D\d\d)( \(as AWS answers\))?: (.+); cured by (.+)$/;

/** Of all tests of a folder. Throws for a title that begins like a scenario's and goes on otherwise. */
export function scenariosIn(folder: URL): readonly Scenario[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .sort()
    .flatMap((name) => scenariosOf(name, readFileSync(new URL(name, folder), "utf8")));
}

export function scenariosOf(file: string, source: string): readonly Scenario[] {
  return [...source.matchAll(titles)].map((found) => {
    const [, title = ""] = found;
    const parts = form.exec(title);
    if (parts === null) {
      throw new Error(`${file}: "${title}" is not "Dnn: how it is made; cured by what cures it".`);
    }
    const [, id = "", recorded, made = "", cure = ""] = parts;
    const isTold = /\b(?:findingOf|readErrorText)\(/.test(bodyOf(source, found.index));
    return { id, made, cure, isRecorded: recorded !== undefined, isTold, file };
  });
}

/** From a title to the end of its test. */
function bodyOf(source: string, from: number): string {
  const end = source.indexOf("\n});", from);
  return source.slice(from, end === -1 ? source.length : end);
}

const introduction = [
  "# How each cause of the doctor is shown",
  "",
  "For every cause that `sms-storage doctor` knows: a trial in `npm test` in which it is brought about, the doctor",
  "names it first, and what its remedy says, applied, cures it. Identities, policies, keys, clocks and stores are",
  "those of the embedded server; names, certificates, proxies, profiles and sign-ins are real sockets and files.",
  "",
  "*run*: the doctor looks at all layers, and finds nothing that breaks once the cause is cured. *told*: another tool",
  "is refused for real, the doctor is given its words (`doctor --error`), and the tool goes through once the cause",
  "is cured. **Recorded**: nothing here can bring it about, so AWS's own answer, as it was seen, is given back.",
  "",
  "This page is made from the titles of the tests in `tests/doctor`; a test says when it is not, or when a cause",
  "has no trial.",
  "",
];

/** docs/scenarios.md */
export function scenarioDocument(
  rows: readonly CauseRow[],
  scenarios: readonly Scenario[],
): string {
  const sorted = [...rows].sort((a, b) => a.id.localeCompare(b.id));
  const table = sorted.flatMap(({ id, title }) =>
    scenarios
      .filter((each) => each.id === id)
      .map(({ made, cure, isRecorded, isTold, file }) => [
        `[${id}](findings/${id}.md) ${title}`,
        made,
        cure,
        `${isRecorded ? "**recorded**, " : ""}${isTold ? "told" : "run"}`,
        `[${file.replace(".test.ts", "")}](../tests/doctor/${file})`,
      ]),
  );
  const head = ["cause", "how it is made", "what cures it", "shown by", "test"];
  const lines = [head, head.map(() => "---"), ...table].map((cells) => `| ${cells.join(" | ")} |`);
  return [...introduction, ...lines, ""].join("\n");
}
