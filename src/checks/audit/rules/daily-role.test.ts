import { expect, test } from "vitest";
import { judgeFacts } from "../run-audit.ts";
import { account, context, good } from "../testing-fixtures/good-bucket.ts";

test.each([
  ["sts", "assumed-role/Scientist/admin", "pass"],
  ["sts", "assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/ada", "fail"],
  ["iam", "user/ada", "pass"],
  ["iam", "user/administrators/ada", "pass"],
  ["iam", "user/lab/admin", "fail"],
  ["iam", "root", "fail"],
])("ID-5: %s %s: %s", (service, who, status) => {
  const arn = `arn:aws:${service}::${account}:${who}`;
  const value = { accountId: account, arn, userId: "x" };
  const facts = Object.entries(good).map(([name, fact]) => [name, { state: "known", value: fact }]);
  const findings = judgeFacts(
    { ...Object.fromEntries(facts), caller: { state: "known", value } },
    context,
    { today: "2026-11-27" },
  );
  expect(findings.find(({ id }) => id === "ID-5")?.status).toBe(status);
});
