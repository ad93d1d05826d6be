import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessQuestion } from "./combine-layers.ts";
import { decideAccess } from "./decide-access.ts";
import { mightBeAllowed } from "./might-allow.ts";
import {
  callers,
  type Mark,
  marked,
  type MarkedLayers,
  questionOf,
  resourcePolicies,
} from "./testing-fixtures/layers.ts";

type Resource = keyof typeof resourcePolicies;
type Row = readonly [caller: string, resource: Resource, marks: MarkedLayers, answer: string];

/** `allowed`, `+layer` for an explicit Deny there, `-layer` for an Allow that is missing there. */
function answerTo(caller: string, resource: Resource, marks: MarkedLayers, more = {}): string {
  const decision = decideAccess({ ...questionOf(caller, resource, marks), ...more });
  if (decision.outcome === "allowed") return "allowed";
  return `${decision.outcome === "explicitDeny" ? "+" : "-"}${decision.layer}`;
}

function check(rows: readonly Row[], more = {}): void {
  it.each(rows)("%s, resource policy: %s, %j: %s", (caller, resource, marks, answer) => {
    expect(answerTo(caller, resource, marks, more)).toBe(answer);
  });
}

// IAM User Guide, "Policy evaluation for requests within a single account".
describe("in one account", () => {
  check([
    ["user", "none", {}, "-identity"],
    ["user", "none", { identity: "Y" }, "allowed"],
    ["user", "none", { identity: "N" }, "-identity"],
    ["user", "none", { identity: "D" }, "+identity"],
    ["user", "silent", { identity: "Y" }, "allowed"],
    ["user", "user", {}, "allowed"],
    ["user", "everyone", {}, "allowed"],
    ["user", "account", {}, "-identity"],
    ["user", "account", { identity: "Y" }, "allowed"],
    ["user", "deny", { identity: "Y" }, "+resource"],
    ["user", "user", { identity: "D" }, "+identity"],
    ["session", "role", {}, "allowed"],
    ["session", "session", {}, "allowed"],
    ["session", "account", {}, "-identity"],
    ["root", "none", { identity: "Y" }, "allowed"],
    ["anonymous", "none", {}, "-resource"],
    ["anonymous", "everyone", {}, "allowed"],
    ["anonymous", "account", {}, "-resource"],
    ["anonymous", "deny", {}, "+resource"],
  ]);
});

// IAM User Guide, "Evaluating effective permissions with boundaries": identity and boundary both.
describe("a permissions boundary", () => {
  check([
    ["user", "none", { identity: "Y", boundary: "Y" }, "allowed"],
    ["user", "none", { identity: "Y", boundary: "N" }, "-boundary"],
    ["user", "none", { identity: "N", boundary: "Y" }, "-identity"],
    ["user", "none", { identity: "Y", boundary: "D" }, "+boundary"],
    ["user", "none", { boundary: "Y" }, "-identity"],
    // An Allow of the resource to the user itself, to its session or to everybody is not limited ...
    ["user", "user", { boundary: "N" }, "allowed"],
    ["session", "session", { boundary: "N" }, "allowed"],
    ["session", "everyone", { boundary: "N" }, "allowed"],
    // ... one to its role or account is, and a Deny always counts.
    ["session", "role", { boundary: "N" }, "-boundary"],
    ["session", "role", { boundary: "Y" }, "allowed"],
    ["session", "account", { identity: "Y", boundary: "N" }, "-boundary"],
    ["user", "user", { boundary: "D" }, "+boundary"],
    ["session", "session", { boundary: "D" }, "+boundary"],
  ]);
});

// IAM User Guide, "Session policies".
describe("a session policy", () => {
  check([
    ["session", "none", { identity: "Y", session: "Y" }, "allowed"],
    ["session", "none", { identity: "Y", session: "N" }, "-session"],
    ["session", "none", { identity: "N", session: "Y" }, "-identity"],
    ["session", "none", { identity: "Y", session: "D" }, "+session"],
    ["session", "none", { identity: "Y", boundary: "Y", session: "Y" }, "allowed"],
    ["session", "none", { identity: "Y", boundary: "N", session: "Y" }, "-boundary"],
    ["session", "none", { identity: "Y", boundary: "Y", session: "N" }, "-session"],
    ["session", "session", { session: "N" }, "allowed"],
    ["session", "session", { session: "D" }, "+session"],
    ["session", "role", { session: "N" }, "-session"],
    ["session", "role", { session: "Y" }, "allowed"],
    ["session", "role", { session: "Y", boundary: "N" }, "-boundary"],
    ["session", "everyone", { session: "N" }, "allowed"],
    ["session", "account", { identity: "Y", session: "N" }, "-session"],
  ]);
});

it("one of several session policies is enough", () => {
  const asked = questionOf("session", "none", { identity: "Y" });
  const caller = { ...asked.caller, session: [...marked("N"), ...marked("Y")] };
  expect(decideAccess({ ...asked, caller }).outcome).toBe("allowed");
});

/** Of the owner's root user, whom the bucket's policy denies all, as everybody. */
function answerToRoot(marks: MarkedLayers): string {
  const { request, ...asked } = questionOf("root", "deny", marks);
  return decideAccess({ ...asked, request: { ...request, action: "s3:GetBucketPolicy" } }).outcome;
}

// S3 API Reference, "PutBucketPolicy".
it("a bucket policy cannot take itself from the owner's root user; its organisation can", () => {
  expect(answerToRoot({})).toBe("allowed");
  expect(answerToRoot({ scp: ["D"] })).toBe("explicitDeny");
  expect(answerToRoot({ rcp: ["D"] })).toBe("explicitDeny");
  expect(answerToRoot({ endpoint: "D" })).toBe("explicitDeny");
});

// Organizations User Guide, "SCP evaluation" and "RCP evaluation": every level has to allow.
describe("policies of the organisation only limit", () => {
  check([
    ["user", "none", { identity: "Y", scp: ["Y", "Y"] }, "allowed"],
    ["user", "none", { scp: ["Y", "Y"] }, "-identity"],
    ["user", "none", { identity: "Y", scp: ["N", "Y"] }, "-service-control"],
    ["user", "none", { identity: "Y", scp: ["Y", "N"] }, "-service-control"],
    ["user", "none", { identity: "Y", scp: ["Y", "-"] }, "-service-control"],
    ["user", "none", { identity: "Y", scp: ["Y", "D"] }, "+service-control"],
    ["user", "user", { scp: ["N"] }, "-service-control"],
    ["session", "session", { scp: ["N"] }, "-service-control"],
    ["root", "none", { identity: "Y", scp: ["N"] }, "-service-control"],
    ["user", "none", { identity: "Y", rcp: ["Y", "Y"] }, "allowed"],
    ["user", "none", { identity: "Y", rcp: ["Y", "D"] }, "+resource-control"],
    ["user", "none", { identity: "Y", rcp: ["Y", "N"] }, "-resource-control"],
    ["anonymous", "everyone", { rcp: ["D"] }, "+resource-control"],
    ["anonymous", "everyone", { rcp: ["Y"] }, "allowed"],
    ["stranger", "stranger", { identity: "Y", rcp: ["D"] }, "+resource-control"],
    ["stranger", "stranger", { identity: "Y", scp: ["D"] }, "+service-control"],
    ["user", "none", { identity: "Y", endpoint: "Y" }, "allowed"],
    ["user", "none", { identity: "Y", endpoint: "N" }, "-vpc-endpoint"],
    ["user", "none", { identity: "Y", endpoint: "D" }, "+vpc-endpoint"],
    ["user", "none", { endpoint: "Y" }, "-identity"],
    ["anonymous", "everyone", { endpoint: "N" }, "-vpc-endpoint"],
  ]);
});

// IAM User Guide, "Cross-account policy evaluation logic".
describe("across accounts", () => {
  check([
    ["stranger", "none", { identity: "Y" }, "-resource"],
    ["stranger", "stranger", {}, "-identity"],
    ["stranger", "stranger", { identity: "Y" }, "allowed"],
    ["stranger", "strangers", { identity: "Y" }, "allowed"],
    ["stranger", "everyone", { identity: "Y" }, "allowed"],
    ["stranger", "everyone", {}, "-identity"],
    ["stranger", "stranger", { identity: "N" }, "-identity"],
    ["stranger", "stranger", { identity: "D" }, "+identity"],
    ["stranger", "stranger", { identity: "Y", boundary: "N" }, "-boundary"],
    ["stranger", "stranger", { identity: "Y", session: "N" }, "-session"],
    ["stranger", "account", { identity: "Y" }, "-resource"],
    ["stranger", "deny", { identity: "Y" }, "+resource"],
  ]);
});

it("a role of another account needs an Allow of its own as well", () => {
  expect(answerTo("session", "role", {}, { sameAccount: false })).toBe("-identity");
  expect(answerTo("session", "role", { identity: "Y" }, { sameAccount: false })).toBe("allowed");
});

// KMS Developer Guide, "Key policies": IAM policies count where the key policy leaves it to the account.
describe("where the resource's own policy is required", () => {
  check(
    [
      ["user", "none", { identity: "Y" }, "-resource"],
      ["user", "silent", { identity: "Y" }, "-resource"],
      ["user", "account", { identity: "Y" }, "allowed"],
      ["user", "account", {}, "-identity"],
      ["user", "user", {}, "allowed"],
      ["session", "role", {}, "allowed"],
      ["session", "role", { boundary: "N" }, "-boundary"],
      ["root", "silent", { identity: "Y" }, "-resource"],
      ["root", "account", {}, "allowed"],
      ["stranger", "strangers", { identity: "Y" }, "allowed"],
      ["stranger", "strangers", {}, "-identity"],
    ],
    { resourcePolicyRequired: true },
  );
});

describe("the text of AccessDenied", () => {
  const texts = [
    ["user", "none", {}, "because no identity-based policy allows the s3:GetObject action"],
    ["user", "none", { identity: "D" }, "with an explicit deny in an identity-based policy"],
    ["user", "deny", {}, "with an explicit deny in a resource-based policy"],
    [
      "user",
      "none",
      { identity: "Y", boundary: "N" },
      "because no permissions boundary allows the s3:GetObject action",
    ],
    ["user", "none", { boundary: "D" }, "with an explicit deny in a permissions boundary"],
    [
      "session",
      "none",
      { identity: "Y", session: "N" },
      "because no session policy allows the s3:GetObject action",
    ],
    [
      "user",
      "none",
      { identity: "Y", scp: ["N"] },
      "because no service control policy allows the s3:GetObject action",
    ],
    ["user", "none", { scp: ["D"] }, "with an explicit deny in a service control policy"],
    ["user", "none", { rcp: ["D"] }, "with an explicit deny in a resource control policy"],
    ["user", "none", { endpoint: "D" }, "with an explicit deny in a VPC endpoint policy"],
    [
      "user",
      "none",
      { identity: "Y", endpoint: "N" },
      "because no VPC endpoint policy allows the s3:GetObject action",
    ],
  ] as const;

  it.each(texts)("%s, %s, %j: %s", (caller, resource, marks, reason) => {
    const decision = decideAccess(questionOf(caller, resource, marks));
    const who = questionOf(caller, resource, marks).request.principal;
    const arn = who.kind === "anonymous" ? "" : who.arn;
    expect(decision).toMatchObject({
      message: `User: ${arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::data/a" ${reason}`,
    });
  });

  it("is told within an organisation, and to nobody else", () => {
    const question = questionOf("stranger", "none", { identity: "Y" });
    expect(decideAccess(question)).toMatchObject({ message: "Access Denied" });
    expect(decideAccess({ ...question, sameOrganization: true })).toMatchObject({
      message: expect.stringContaining("no resource-based policy allows the s3:GetObject action"),
    });
  });
});

function isAllowed(asked: AccessQuestion): boolean {
  return decideAccess(asked).outcome === "allowed";
}

describe("whatever the layers", () => {
  const mark = fc.constantFrom<Mark>("Y", "N", "D", "-");
  const marks = fc.record({ identity: mark, boundary: mark, session: mark, endpoint: mark });
  const levels = fc.option(fc.array(mark, { minLength: 1, maxLength: 3 }), { nil: undefined });
  const question = fc
    .tuple(
      fc.constantFrom(...Object.keys(callers)),
      fc.constantFrom(...(Object.keys(resourcePolicies) as Resource[])),
      marks,
      levels,
      levels,
    )
    .map(([caller, resource, own, scp, rcp]) =>
      questionOf(caller, resource, {
        ...own,
        ...(scp !== undefined && { scp }),
        ...(rcp !== undefined && { rcp }),
      }),
    );
  const [deny] = marked("D");
  const [yes] = marked("Y");
  const [no] = marked("N");
  if (deny === undefined || yes === undefined || no === undefined) throw new Error("No policy.");

  it("a Deny in any of them denies", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { caller } = asked;
        const changed = [
          { ...caller, identity: [...caller.identity, deny] },
          { ...caller, boundary: deny },
          { ...caller, session: [...(caller.session ?? []), deny] },
          { ...caller, serviceControl: [...(caller.serviceControl ?? []), [yes, deny]] },
        ];
        for (const layers of changed) expect(isAllowed({ ...asked, caller: layers })).toBe(false);
        expect(isAllowed({ ...asked, vpcEndpoint: deny })).toBe(false);
        expect(isAllowed({ ...asked, resourceControl: [[yes, deny]] })).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("a limiting layer more never allows what was denied", () => {
    fc.assert(
      fc.property(question, fc.constantFrom(yes, no), (asked, added) => {
        if (isAllowed(asked)) return;
        const { caller } = asked;
        const limits = [
          { ...asked, vpcEndpoint: asked.vpcEndpoint ?? added },
          { ...asked, resourceControl: [...(asked.resourceControl ?? []), [added]] },
          { ...asked, caller: { ...caller, boundary: caller.boundary ?? added } },
          { ...asked, caller: { ...caller, session: caller.session ?? [added] } },
          {
            ...asked,
            caller: { ...caller, serviceControl: [...(caller.serviceControl ?? []), [added]] },
          },
        ];
        for (const limited of limits) expect(isAllowed(limited)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("another identity policy never takes away, unless it denies", () => {
    fc.assert(
      fc.property(question, fc.constantFrom(yes, no), (asked, added) => {
        if (!isAllowed(asked)) return;
        const { caller } = asked;
        const identity = [added, ...caller.identity];
        expect(isAllowed({ ...asked, caller: { ...caller, identity } })).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("what is allowed might have been, so that it is read", () => {
    fc.assert(
      fc.property(question, (asked) => {
        expect(!isAllowed(asked) || mightBeAllowed(asked)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
