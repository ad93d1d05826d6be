import { expect, it } from "vitest";
import { contractCases } from "../../src/testing/contract/file-service-contract.ts";
import { backends } from "../contract/backends.ts";

/** docs/contract.md: each promise on each backend, as the suites prove it. */
function contractDocument(): string {
  const columns = Object.entries<Readonly<Record<string, string>>>(backends);
  const reasons = [...new Set(columns.flatMap(([, skips]) => Object.values(skips)))];
  const cell = (reason: string | undefined): string =>
    reason === undefined ? "✓" : `${reasons.indexOf(reason) + 1}`;
  const table = [
    ["promise", ...columns.map((_, index) => String.fromCodePoint(65 + index))],
    ["---", ...columns.map(() => "---")],
    ...contractCases.map(({ title }) => [title, ...columns.map(([, skips]) => cell(skips[title]))]),
  ];
  return [
    "# The contract of file services",
    "",
    "What every file service promises, whatever is below it, and where it is proved. ✓: the suite passes there. A",
    "number: the reason why that backend cannot keep the promise; the suite tries it all the same, and fails when it",
    "is kept. Ceph and moto are tried by `npm run test:interop`, all others by `npm test`. `fileServiceContract` of",
    "`sms-api-storage/testing/contract` runs it on a store of your own.",
    "",
    "This page is made from the suites' own data; a test says when it is not.",
    "",
    ...columns.map(([name], index) => `- ${String.fromCodePoint(65 + index)}: ${name}`),
    "",
    ...table.map((cells) => `| ${cells.join(" | ")} |`),
    "",
    ...reasons.map((reason, index) => `${index + 1}. ${reason}`),
    "",
  ].join("\n");
}

// After a change: npm test -- tests/docs -u
it("docs/contract.md says what the suites prove", async () => {
  await expect(contractDocument()).toMatchFileSnapshot("../../docs/contract.md");
});
