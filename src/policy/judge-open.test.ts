import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideAccess } from "./decide-access.ts";
import { fittingStatements, judgeOpen, type OpenFacts, type OpenVerdict } from "./judge-open.ts";
import { asked, documents } from "./testing-fixtures/arbitrary-documents.ts";
import {
  answerTo,
  type Asked,
  type Documents,
  questionAbout,
} from "./testing-fixtures/documents.ts";
import { session } from "./testing-fixtures/principals.ts";

const nothingOpen: OpenFacts = { isOpenKey: () => false, unreadable: new Set() };
const runs = { numRuns: 150 };

const agent = "aws:UserAgent";
/** What a request may bring of the key that is open. */
const agents = [undefined, "aws-cli", "aws-x", "boto", "b", ""];

function without(one: Asked): Asked {
  const { [agent]: _open, ...context } = one.context ?? {};
  return { ...one, context };
}

function withAgent(one: Asked, value: string | undefined): Asked {
  const { context = {} } = without(one);
  return { ...one, context: { ...context, ...(value !== undefined && { [agent]: value }) } };
}

/** Whether a verdict may come with that answer of one who knows all. */
function agrees(outcome: OpenVerdict["outcome"], isAllowed: boolean): boolean {
  return outcome === "unknown" || (outcome === "allowed") === isAllowed;
}

it("where all is known, it is the decision", () => {
  fc.assert(
    fc.property(asked, documents, (one, given) => {
      const decision = decideAccess(questionAbout(one, given));
      const verdict = judgeOpen(questionAbout(one, given), nothingOpen);
      expect(verdict.outcome).toBe(decision.outcome);
      expect("layer" in verdict && verdict.layer).toBe("layer" in decision && decision.layer);
    }),
    runs,
  );
});

it("what it is sure of holds whatever the key that nobody knows turns out to be", () => {
  const open: OpenFacts = {
    isOpenKey: (key) => key === agent.toLowerCase(),
    unreadable: new Set(),
  };
  fc.assert(
    fc.property(asked, documents, (one, given) => {
      const { outcome } = judgeOpen(questionAbout(without(one), given), open);
      const answers = agents.map((value) => answerTo(withAgent(one, value), given) === "allowed");
      expect(answers.every((answer) => agrees(outcome, answer))).toBe(true);
    }),
    runs,
  );
});

it("what it is sure of holds whatever stands in a layer that nobody could read", () => {
  fc.assert(
    fc.property(asked, documents, documents, (one, given, other) => {
      const open: OpenFacts = { isOpenKey: () => false, unreadable: new Set(["identity"]) };
      const { outcome } = judgeOpen(questionAbout(one, given), open);
      const identity = [...(given.identity ?? []), ...(other.identity ?? [])];
      const answer = answerTo(one, { ...given, identity }) === "allowed";
      expect(agrees(outcome, answer)).toBe(true);
    }),
    runs,
  );
});

const one: Asked = { caller: session };
const allow = { Effect: "Allow", Action: "s3:*", Resource: "*" };
const deny = (Condition: unknown) => ({ ...allow, Effect: "Deny", Condition });
const openKeys = (...keys: readonly string[]): OpenFacts => ({
  isOpenKey: (key) => keys.includes(key),
  unreadable: new Set(),
});

const all = (Condition: unknown): Documents => ({ identity: [[allow, deny(Condition)]] });

describe("a Deny on a key that nobody knows", () => {
  it.each([
    ["holds or not", { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, "unknown"],
    [
      "cannot hold, for another condition of it does not",
      {
        NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" },
        StringEquals: { "aws:PrincipalAccount": "999999999999" },
      },
      "allowed",
    ],
    ["that is there or not", { Null: { "aws:SourceIp": "true" } }, "unknown"],
  ])("%s", (_title, condition, outcome) => {
    const question = questionAbout(one, all(condition));
    expect(judgeOpen(question, openKeys("aws:sourceip")).outcome).toBe(outcome);
  });

  it("is named with the key as it is written there", () => {
    const question = questionAbout(one, all({ Bool: { "aws:SecureTransport": "false" } }));
    const found = fittingStatements(question, openKeys("aws:securetransport"));
    expect(found.map(({ certain, openKeys: keys }) => [certain, keys])).toEqual([
      [true, []],
      [false, ["aws:SecureTransport"]],
    ]);
  });

  it("changes nothing where another Deny is certain", () => {
    const both = [allow, deny({ Null: { "aws:SourceIp": "true" } }), { ...allow, Effect: "Deny" }];
    const question = questionAbout(one, { identity: [both] });
    expect(judgeOpen(question, openKeys("aws:sourceip")).outcome).toBe("explicitDeny");
  });
});
