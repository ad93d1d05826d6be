import { describe, expect, it } from "vitest";
import { diffPolicies } from "./diff-policies.ts";

const read = {
  Sid: "Read",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:root" },
  Action: ["s3:GetObject", "s3:ListBucket"],
  Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
  Condition: { StringEquals: { "aws:SourceVpc": ["vpc-1", "vpc-2"] } },
};
const tls = { Sid: "Tls", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };

describe("what means the same is no difference", () => {
  it.each([
    ["order of statements", [tls, read]],
    ["order and case of actions", [{ ...read, Action: ["s3:listbucket", "S3:GetObject"] }, tls]],
    ["an account by its number", [{ ...read, Principal: { AWS: ["111122223333"] } }, tls]],
    ["order of resources", [{ ...read, Resource: read.Resource.toReversed() }, tls]],
    [
      "condition keys in any case",
      [{ ...read, Condition: { StringEquals: { "AWS:sourcevpc": ["vpc-2", "vpc-1"] } } }, tls],
    ],
    ["everybody in either spelling", [read, { ...tls, Principal: { AWS: ["*"] } }]],
  ])("%s", (_title, second) => {
    expect(diffPolicies([read, tls], second)).toEqual([]);
  });
});

describe("what does not is told", () => {
  it("element by element of a statement with the same Sid", () => {
    const second = {
      ...read,
      Action: ["s3:GetObject", "s3:PutObject"],
      Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } },
    };
    expect(diffPolicies([read], [second])).toMatchObject([
      {
        state: "changed",
        name: "Read",
        elements: [
          { element: "Action", removed: ["s3:ListBucket"], added: ["s3:PutObject"] },
          { element: "Condition.StringEquals.aws:sourcevpc", removed: ["vpc-2"], added: [] },
        ],
      },
    ]);
  });

  it("a Deny in place of an Allow, NotAction in place of Action", () => {
    const { Action, ...rest } = read;
    const second = { ...rest, Effect: "Deny", NotAction: Action };
    const [difference] = diffPolicies([read], [second]);
    expect(difference?.elements.map(({ element }) => element)).toEqual([
      "Effect",
      "Action",
      "NotAction",
    ]);
  });

  it("statements that only one has, by their Sid or their place", () => {
    const { Sid: _sid, ...nameless } = tls;
    expect(diffPolicies([read, nameless], [read, { ...tls, Sid: "Other" }])).toMatchObject([
      { state: "only-first", name: "statement 2" },
      { state: "only-second", name: "Other" },
    ]);
  });

  it("a statement twice is not one", () => {
    expect(diffPolicies([tls, tls], [tls])).toMatchObject([{ state: "only-first" }]);
  });
});
