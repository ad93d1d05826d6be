import { expect, test } from "vitest";
import { judgeForm } from "./post-policy.ts";

const now = new Date("2026-11-26T12:00:00Z");
const later = "2026-11-26T12:00:01Z";

function judge(
  conditions: unknown,
  fields: Record<string, string> = {},
  expiration: unknown = later,
) {
  const document = JSON.stringify({ expiration, conditions });
  return judgeForm(Buffer.from(document).toString("base64"), new Map(Object.entries(fields)), now);
}

test.each<[unknown, Record<string, string>]>([
  [[], {}],
  [[{ acl: "private" }], { acl: "private" }],
  [[["eq", "$ACL", "private"]], { acl: "private" }],
  [[["STARTS-WITH", "$key", "in/"]], { key: "in/a" }],
  [[["starts-with", "$key", ""]], { key: "anything" }],
  [[["starts-with", "$tagging", ""]], {}],
  [[["starts-with", "$Content-Type", "image/"]], { "content-type": "image/png, image/jpeg" }],
  [
    [],
    { "x-ignore-a": "1", policy: "p", signature: "s", awsaccesskeyid: "a", "x-amz-signature": "x" },
  ],
])("%j takes %j", (conditions, fields) => {
  expect(judge(conditions, fields)).toBeUndefined();
});

test.each<[unknown, Record<string, string>, string]>([
  [[{ acl: "private" }], {}, 'Policy Condition failed: ["eq", "$acl", "private"]'],
  [[{ acl: "private" }], { acl: "Private" }, "Policy Condition failed"],
  [[["starts-with", "$key", "in/"]], { key: "out/in/" }, "Policy Condition failed"],
  [[["starts-with", "key", ""]], { key: "a" }, "Policy Condition failed"],
  [
    [["starts-with", "$Content-Type", "image/"]],
    { "content-type": "image/png,text/html" },
    "Policy Condition failed",
  ],
  [[["content-length-range", "a", 1]], {}, "Policy Condition failed"],
  [[], { key: "a", acl: "b" }, "Extra input fields: key, acl"],
])("%j refuses %j", (conditions, fields, message) => {
  expect(() => judge(conditions, fields)).toThrow(`Invalid according to Policy: ${message}`);
});

test.each<[unknown, unknown]>([
  [undefined, later],
  [{}, later],
  ["x", later],
  [[{}], later],
  [[{ a: "1", b: "2" }], later],
  [[{ a: 1 }], later],
  [[1], later],
  [[null], later],
  [[["eq", "$a"]], later],
  [[["eq", "$a", 1]], later],
  [[["ne", "$a", "b"]], later],
  [[["content-length-range", 0]], later],
  [[["content-length-range", -1, 0]], later],
  [[["content-length-range", 2, 1]], later],
  [[], undefined],
  [[], null],
  [[], 1],
  [[], "2026-11-26"],
  [[], "Thu, 26 Nov 2026 12:00:01 GMT"],
  [[], "2026-13-26T12:00:01Z"],
])("is no policy: conditions %j until %j", (conditions, expiration) => {
  const text = JSON.stringify({ conditions, expiration });
  const encoded = Buffer.from(text).toString("base64");
  expect(() => judgeForm(encoded, new Map(), now)).toThrow(/^Invalid Policy: /);
});

test.each(["", "null", "[]", "{", "x"])("is no document: %s", (text) => {
  const encoded = Buffer.from(text).toString("base64");
  expect(() => judgeForm(encoded, new Map(), now)).toThrow("Invalid Policy: Invalid JSON.");
});

test("ends with its last moment", () => {
  expect(() => judge([], {}, "2026-11-26T12:00:00Z")).toThrow("Policy expired.");
  expect(judge([], {}, "2026-11-26T12:00:00.001Z")).toBeUndefined();
});

test("of two ranges of sizes both hold", () => {
  const conditions = [
    ["content-length-range", 1, "10"],
    ["content-length-range", 5, 20],
  ];
  expect(judge(conditions)).toEqual({ min: 5, max: 10 });
});
