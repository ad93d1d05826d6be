import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childText } from "../../protocol/xml/parse.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import {
  allows,
  assumeIn,
  denied,
  everything,
  may,
  type Parameters,
  stsAccounts,
  userArn,
} from "./testing-fixtures/sts-accounts.ts";
import {
  accountId,
  policy,
  strangeAccountId,
  type StsAnswer,
  StsWorld,
} from "./testing-fixtures/sts-world.ts";

let world: StsWorld;
beforeAll(async () => {
  world = await StsWorld.open(stsAccounts);
});
afterAll(() => world.close());

const assume = (
  as: string | AuthenticatedCaller,
  name: string,
  parameters: Parameters = {},
  context: Readonly<Record<string, string>> = {},
): StsAnswer => assumeIn(world, as, name, parameters, context);

/** The caller whom the keys of an answer are of. */
function holder(answer: StsAnswer): AuthenticatedCaller {
  return world.caller(world.credentials(answer));
}

describe("session policies", () => {
  test("limit what the role may do, and are told by their size", () => {
    const answer = assume("may", "Delegated", { Policy: may("s3:GetObject") });
    const size = answer.result && childText(answer.result, "PackedPolicySize");
    expect(Number(size)).toBeGreaterThan(0);
    expect(Number(size)).toBeLessThan(10);
    const caller = holder(answer);
    expect(allows(caller, "s3:GetObject")).toBe(true);
    expect(allows(caller, "s3:PutObject")).toBe(false);
  });

  test("may be managed ones, of the account or of AWS, which add up with an inline one", () => {
    const reads = `arn:aws:iam::${accountId}:policy/reads`;
    const one = holder(assume("may", "Delegated", { "PolicyArns.member.1.arn": reads }));
    expect([allows(one, "s3:GetObject"), allows(one, "s3:PutObject")]).toEqual([true, false]);
    const both = { "PolicyArns.member.1.arn": reads, Policy: may("s3:PutObject") };
    const two = holder(assume("may", "Delegated", both));
    expect([allows(two, "s3:GetObject"), allows(two, "s3:PutObject")]).toEqual([true, true]);
    const all = holder(assume("may", "Delegated", { "PolicyArns.member.1.arn": everything }));
    expect(allows(all, "s3:DeleteObject")).toBe(true);
  });

  test("give nothing that the role does not have", () => {
    expect(allows(holder(assume("may", "Long", { Policy: may("*") })), "s3:GetObject")).toBe(false);
  });

  test.each<[string, Parameters, string]>([
    [
      "no JSON",
      { Policy: "{" },
      "MalformedPolicyDocument: The policy is not in the valid JSON format.",
    ],
    [
      "with a principal",
      { Policy: policy({ Principal: "*", Action: "s3:*", Resource: "*" }) },
      "MalformedPolicyDocument: Policy document should not specify a principal.",
    ],
    [
      "that is not there",
      { "PolicyArns.member.1.arn": `arn:aws:iam::${accountId}:policy/nothing` },
      `ValidationError: ARN arn:aws:iam::${accountId}:policy/nothing is not valid.`,
    ],
    [
      "of another account",
      { "PolicyArns.member.1.arn": `arn:aws:iam::${strangeAccountId}:policy/theirs` },
      `ValidationError: ARN arn:aws:iam::${strangeAccountId}:policy/theirs is not valid.`,
    ],
  ])("%s are refused", (_, parameters, error) => {
    expect(assume("may", "Delegated", parameters).error).toBe(error);
  });

  test("of more than 2,048 characters are refused", () => {
    const long = assume("may", "Delegated", { Policy: may(`s3:${"x".repeat(2048)}`) });
    expect(long.error).toMatch(
      /^ValidationError: 1 validation error detected: Value '.*' at 'policy' /,
    );
    expect(long.error).toMatch(/Member must have length less than or equal to 2048$/);
    const arns = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`PolicyArns.member.${i + 1}.arn`, everything]),
    );
    const many = assume("may", "Delegated", { ...arns, Policy: may(`s3:${"x".repeat(1900)}`) });
    expect(many.error).toMatch(
      /^PackedPolicyTooLarge: Packed policy consumes \d+% of allotted space/,
    );
  });
});

const random = (seed: string): string => createHash("sha512").update(seed).digest("hex");
const tag = (key: string, value: string, index = 1): Parameters => ({
  [`Tags.member.${index}.Key`]: key,
  [`Tags.member.${index}.Value`]: value,
});
const transitive = (key: string): Parameters => ({ "TransitiveTagKeys.member.1": key });

describe("tags and source identity", () => {
  test("of the session go before the role's", () => {
    expect(holder(assume("may", "Tagged")).tags).toEqual([{ Key: "team", Value: "red" }]);
  });

  test("need permissions of their own, on both sides", () => {
    const who = userArn("may");
    expect(assume("may", "Tagged", tag("team", "blue")).error).toBe(
      denied("TagSession", "Tagged", who),
    );
    expect(assume("admin", "Tagged", tag("team", "blue")).error).toBe(
      denied("TagSession", "Tagged", userArn("admin")),
    );
    expect(assume("admin", "First", tag("team", "blue")).status).toBe(200);
    expect(assume("may", "First", { SourceIdentity: "ada" }).error).toBe(
      denied("SetSourceIdentity", "First", who),
    );
  });

  test("are the session's", () => {
    const parameters = { ...tag("team", "blue"), SourceIdentity: "ada" };
    const answer = assume("admin", "First", parameters);
    expect(answer.result && childText(answer.result, "SourceIdentity")).toBe("ada");
    const caller = holder(answer);
    expect(caller.tags).toEqual([{ Key: "team", Value: "blue" }]);
    expect(caller.conditionKeys?.get("aws:sourceidentity")).toEqual(["ada"]);
  });

  test("are handed on where they are transitive, and the source identity always", () => {
    const first = holder(
      assume("admin", "First", {
        ...tag("team", "blue"),
        ...tag("cost", "7", 2),
        ...transitive("team"),
        SourceIdentity: "ada",
      }),
    );
    const allowing = { ...first, layers: world.caller("AKIAadmin").layers };
    const second = holder(assume(allowing, "Second"));
    expect(second.tags).toEqual([{ Key: "team", Value: "blue" }]);
    expect(second.session).toMatchObject({ sourceIdentity: "ada", transitiveTagKeys: ["team"] });
    expect(assume(allowing, "SecondWithoutTags").error).toBe(
      denied("TagSession", "SecondWithoutTags", first.arn),
    );
    expect(assume(allowing, "Second", tag("TEAM", "green")).error).toMatch(
      /^InvalidParameterValue: One of the specified transitive tag keys can't be set/,
    );
    expect(assume(allowing, "Second", { SourceIdentity: "eve" }).error).toBe(
      denied("SetSourceIdentity", "Second", first.arn),
    );
  });

  test.each<[string, Parameters, RegExp]>([
    [
      "given twice",
      { ...tag("a", "1"), ...tag("A", "2", 2) },
      /^InvalidParameterValue: Duplicate tag keys/,
    ],
    [
      "handed on but not given",
      transitive("a"),
      /^InvalidParameterValue: The specified transitive tag key/,
    ],
    [
      "of letters that AWS does not take",
      tag("a&b", "1"),
      /Value 'a&b' at 'tags\.1\.member\.key' failed to satisfy constraint: Member must satisfy regular/,
    ],
    ["without a value", { "Tags.member.1.Key": "a" }, /Value null at 'tags\.1\.member\.value'/],
    [
      "too many",
      Object.assign({}, ...Array.from({ length: 51 }, (_, i) => tag(`k${i}`, "v", i + 1))),
      /at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50/,
    ],
  ])("%s are refused", (_, parameters, error) => {
    expect(assume("admin", "First", parameters).error).toMatch(error);
  });

  test("that take too much room together are refused", () => {
    const tags = Object.assign(
      {},
      ...Array.from({ length: 50 }, (_, i) => tag(`${i}`, random(`${i}`), i + 1)),
    );
    const { error } = assume("admin", "First", tags);
    expect(error).toMatch(
      /^PackedPolicyTooLarge: Packed size of session tags consumes \d+% of allotted space\.$/,
    );
  });
});
