import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameStatement } from "./compare-statements.ts";
import { mergeStatements } from "./merge.ts";
import { findStatementSpans } from "./statement-spans.ts";

const own = {
  Sid: "SmsOwn",
  Effect: "Allow",
  Principal: { AWS: "111122223333" },
  Action: ["s3:GetObject", "s3:PutObject"],
  Resource: "arn:aws:s3:::data/*",
};

// Odd spacing, a repeated name and a number beyond JavaScript's precision: all must survive.
const foreign = `{ "Sid":"Theirs" , "Effect":"Deny","Principal":"*",
   "Action":"s3:*","Resource":"arn:aws:s3:::data/\\u00e9*","Condition":{"NumericLessThan":{"s3:max-keys":12345678901234567890}} }`;

describe("mergeStatements", () => {
  it("makes a policy where there is none", () => {
    const merge = mergeStatements(undefined, [own]);
    expect(JSON.parse(merge.text ?? "")).toEqual({ Version: "2012-10-17", Statement: [own] });
    expect(merge.changes.map((change) => change.kind)).toEqual(["added"]);
  });

  it("keeps other people's statements in order and letter by letter", () => {
    const existing = `{\n "Id": "x]}", "Statement" : [${foreign}, {"Sid":"SmsOwn","Effect":"Deny"} ,${foreign.replace("Theirs", "More")}],"Version":"2008-10-17" }`;
    const merge = mergeStatements(existing, [own]);
    const more = foreign.replace("Theirs", "More");
    expect(merge.text).toBe(
      `{\n "Id": "x]}", "Statement" : [${foreign},${JSON.stringify(own)},${more}],"Version":"2008-10-17" }`,
    );
    expect(merge.changes).toMatchObject([{ kind: "replaced", sid: "SmsOwn" }]);
    expect(merge.foreign.map((entry) => entry["Sid"])).toEqual(["Theirs", "More"]);
  });

  it("a lone statement becomes a list", () => {
    const merge = mergeStatements(`{"Version":"2012-10-17","Statement":${foreign}}`, [own]);
    expect(merge.text).toBe(
      `{"Version":"2012-10-17","Statement":[${foreign},${JSON.stringify(own)}]}`,
    );
  });

  it("changes nothing when the statement is there in another spelling", () => {
    const spelt = { ...own, Action: ["s3:putobject", "s3:GetObject"], Resource: [own.Resource] };
    const existing = JSON.stringify({ Version: "2012-10-17", Statement: [spelt] });
    const merge = mergeStatements(existing, [own]);
    expect(merge.text).toBe(existing);
    expect(merge.changes.map((change) => change.kind)).toEqual(["same"]);
  });

  it("takes a statement of the same meaning for ours, whatever its Sid", () => {
    const existing = JSON.stringify({ Version: "2012-10-17", Statement: { ...own, Sid: "Hand" } });
    const merge = mergeStatements(existing, [own]);
    expect(merge).toMatchObject({ text: existing, changes: [{ kind: "adopted" }], foreign: [] });
  });

  it("removes retired statements, and the policy with the last of them", () => {
    const existing = JSON.stringify({ Version: "2012-10-17", Statement: [own] });
    expect(mergeStatements(existing, [], ["SmsOwn"])).toMatchObject({
      text: undefined,
      changes: [{ kind: "removed", sid: "SmsOwn" }],
    });
  });

  it("a second merge changes nothing", () => {
    const first = mergeStatements(`{"Statement":[${foreign}]}`, [own]);
    expect(mergeStatements(first.text, [own]).text).toBe(first.text);
  });

  it("refuses what is no policy", () => {
    expect(() => mergeStatements("[]", [own])).toThrow("Missing required field Statement");
    expect(() => mergeStatements("x", [own])).toThrow("Policies must be valid JSON");
  });
});

describe("sameStatement", () => {
  it.each([
    ["another Sid", { Sid: "Other" }, true],
    ["actions in another order", { Action: ["s3:PutObject", "s3:GetObject"] }, true],
    ["a repeated action", { Action: ["s3:PutObject", "s3:GetObject", "s3:GetObject"] }, true],
    ["a list of one resource", { Resource: ["arn:aws:s3:::data/*"] }, true],
    [
      "the root ARN for the account",
      { Principal: { AWS: "arn:aws:iam::111122223333:root" } },
      true,
    ],
    ["one action fewer", { Action: "s3:GetObject" }, false],
    ["the resource in another case", { Resource: "arn:aws:s3:::data/A*" }, false],
    ["another effect", { Effect: "Deny" }, false],
    ["a condition", { Condition: { Bool: { "aws:SecureTransport": "true" } } }, false],
  ])("%s: %s", (_title, change, expected) => {
    expect(sameStatement(own, { ...own, ...change })).toBe(expected);
  });

  it.each([
    ["*", { AWS: ["*"] }],
    [{ AWS: "*" }, "*"],
  ])("principal %j is %j", (a, b) => {
    expect(sameStatement({ ...own, Principal: a }, { ...own, Principal: b })).toBe(true);
  });

  it("a condition's boolean is its text, its key in any case", () => {
    const a = { ...own, Condition: { Bool: { "aws:SecureTransport": false } } };
    const b = { ...own, Condition: { Bool: { "aws:securetransport": ["false"] } } };
    expect(sameStatement(a, b)).toBe(true);
  });
});

describe("findStatementSpans", () => {
  it("finds what JSON.parse finds, in any layout", () => {
    const statements = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(statements, fc.jsonValue(), fc.nat(3), (list, other, indent) => {
        const text = JSON.stringify({ Other: other, Statement: list, Last: 1.5e3 }, null, indent);
        const spans = findStatementSpans(text)?.statements ?? [];
        const parsed = spans.map((span) => JSON.parse(text.slice(span.start, span.end)) as unknown);
        expect(parsed).toEqual((JSON.parse(text) as { Statement: unknown }).Statement);
      }),
    );
  });

  it("takes the last of two lists, as JSON.parse does", () => {
    const text = '{"Statement":[{"a":1}],"Statement":[{"b":2}]}';
    const [span] = findStatementSpans(text)?.statements ?? [];
    expect(text.slice(span?.start, span?.end)).toBe('{"b":2}');
  });
});
