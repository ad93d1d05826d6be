import { expect, it } from "vitest";
import { policyLimits } from "../core/policy-limits.ts";
import { policyOf } from "./testing-fixtures/statements.ts";

it("an action's statements are those that cover it, in their order", () => {
  const policy = policyOf(
    { Sid: "All" },
    { Sid: "Reads", Action: "S3:get*" },
    { Sid: "NoReads", Action: undefined, NotAction: "s3:Get*" },
    { Sid: "Lists", Action: ["s3:ListBucket", "s3:PutObject"] },
  );
  const sidsFor = (action: string) =>
    policy.forAction(action).statements.map(({ reference }) => reference.sid);
  expect(sidsFor("s3:GetObject")).toEqual(["All", "Reads"]);
  expect(sidsFor("s3:PutObject")).toEqual(["All", "NoReads", "Lists"]);
  expect(policy.forAction("s3:GetObject")).toBe(policy.forAction("s3:GetObject"));
  for (let index = 0; index < policyLimits.actionsKept; index++) sidsFor(`s3:Other${index}`);
  expect(sidsFor("s3:GetObject")).toEqual(["All", "Reads"]);
});
