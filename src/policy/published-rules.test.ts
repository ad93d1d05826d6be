// Over 400 lines: AWS's published rules of evaluation, every row of every table a case, on policies as
// people write them.
import { describe, expect, it } from "vitest";
import {
  all,
  allOfAnybody,
  answerTo,
  type Asked,
  type Document,
  type Documents,
} from "./testing-fixtures/documents.ts";
import {
  accountId,
  otherAccountId,
  roleArn,
  root,
  session,
  stranger,
  user,
} from "./testing-fixtures/principals.ts";
import { anonymous } from "./testing-fixtures/statements.ts";

const objects = "arn:aws:s3:::data/*";
const get = { Effect: "Allow", Action: "s3:GetObject", Resource: objects };
const getting: Document = [get];
const listing: Document = [{ Effect: "Allow", Action: "s3:ListBucket", Resource: "*" }];
const noGetting: Document = [{ Effect: "Deny", Action: "s3:GetObject", Resource: "*" }];
const deniesGet: Document = [...all, ...noGetting];
const allNamed = (Principal: unknown, more = {}): Document => [{ ...get, Principal, ...more }];
const denying = (Principal: unknown, more = {}): Document => [
  { ...get, Effect: "Deny", Principal, ...more },
];

type Row = readonly [title: string, asked: Asked, documents: Documents, answer: string];

function check(rows: readonly Row[]): void {
  it.each(rows)("%s", (_title, asked, documents, answer) => {
    expect(answerTo(asked, documents)).toBe(answer);
  });
}

// IAM User Guide, "How AWS enforcement code logic evaluates requests", table of principal types, and
// "AWS JSON policy elements: Principal": whom the bucket's policy names, and whether an Allow that is
// missing in the identity policies, the boundary or the session policies still counts.
describe.each([
  ["a user's ARN", user, { AWS: user.arn }, { identity: false, boundary: false }],
  ["a user's unique id", user, { AWS: user.userId }, { identity: false, boundary: false }],
  ["a role's ARN", session, { AWS: roleArn }, { identity: false, boundary: true, session: true }],
  [
    "a role's unique id",
    session,
    { AWS: "AROALAB0000000000001" },
    { identity: false, boundary: true, session: true },
  ],
  [
    "a session's ARN",
    session,
    { AWS: session.arn },
    { identity: false, boundary: false, session: false },
  ],
  ["everybody", session, "*", { identity: false, boundary: false, session: false }],
  ["everybody, to a user", user, { AWS: "*" }, { identity: false, boundary: false }],
  ["the account", session, { AWS: accountId }, { identity: true, boundary: true, session: true }],
  [
    "the account's root",
    user,
    { AWS: `arn:aws:iam::${accountId}:root` },
    { identity: true, boundary: true },
  ],
] as const)("in one account, %s in an Allow of the bucket", (_title, caller, named, limits) => {
  const resource = allNamed(named);
  const others = { identity: [all], boundary: all, session: [all] };
  const rows = Object.entries(limits);

  it.each(rows)("with no Allow in %s: %s", (layer, counts) => {
    const silent = layer === "boundary" ? listing : [listing];
    const { session: sessionPolicies, ...own } = others;
    const layers = caller.kind === "user" ? own : { ...own, session: sessionPolicies };
    const answer = answerTo({ caller }, { ...layers, resource, [layer]: silent });
    expect(answer).toBe(counts ? `-${layer}` : "allowed");
  });

  it.each(rows)("with a Deny in %s", (layer) => {
    const denies = layer === "boundary" ? deniesGet : [deniesGet];
    expect(answerTo({ caller }, { ...others, resource, [layer]: denies })).toBe(`+${layer}`);
  });
});

// The same pages: in the account of the caller nothing is granted from outside.
describe.each([
  ["its ARN", { AWS: stranger.arn }],
  ["its unique id", { AWS: stranger.userId }],
  ["its account", { AWS: otherAccountId }],
  ["everybody", "*"],
] as const)("across accounts, %s in an Allow of the bucket", (_title, named) => {
  const resource = allNamed(named);
  check([
    ["needs the identity", { caller: stranger }, { resource }, "-identity"],
    ["with it", { caller: stranger }, { resource, identity: [getting] }, "allowed"],
    [
      "needs the boundary",
      { caller: stranger },
      { resource, identity: [all], boundary: listing },
      "-boundary",
    ],
    [
      "is denied by an identity policy",
      { caller: stranger },
      { resource, identity: [deniesGet] },
      "+identity",
    ],
  ]);
});

// IAM User Guide, "Policy evaluation for requests within a single account", the example of Carlos.
describe("an identity's policy beside a resource's", () => {
  const bucket = "arn:aws:s3:::data";
  const readAny: Document = [
    { Effect: "Allow", Action: ["s3:GetBucketLocation", "s3:ListBucket"], Resource: "*" },
    { Effect: "Allow", Action: "s3:*Object*", Resource: `${bucket}/joe/*` },
  ];
  const own = allNamed({ AWS: user.arn }, { Action: "s3:PutObject", Resource: `${bucket}/logs/*` });
  const put = (key: string): Asked => ({
    caller: user,
    action: "s3:PutObject",
    resource: `${bucket}/${key}`,
  });
  const documents = { identity: [readAny], resource: own };
  check([
    ["by the identity's alone", put("joe/a"), documents, "allowed"],
    ["by the resource's alone", put("logs/a"), documents, "allowed"],
    ["by neither", put("jane/a"), documents, "-identity"],
    [
      "by both, and a Deny",
      put("joe/a"),
      { ...documents, resource: denying("*", { Action: "s3:*" }) },
      "+resource",
    ],
    [
      "a list by the identity's",
      { caller: user, action: "s3:ListBucket", resource: bucket },
      documents,
      "allowed",
    ],
    ["a get outside", { caller: user }, documents, "-identity"],
  ]);
});

// IAM User Guide, "Permissions boundaries for IAM entities", "Evaluating effective permissions".
describe("what a boundary allows by itself is nothing", () => {
  const s3Only: Document = [{ Effect: "Allow", Action: "s3:*", Resource: "*" }];
  const asked = { caller: user };
  check([
    ["identity and boundary", asked, { identity: [getting], boundary: s3Only }, "allowed"],
    ["the boundary alone", asked, { boundary: s3Only }, "-identity"],
    ["the identity alone", asked, { identity: [all], boundary: listing }, "-boundary"],
    [
      "with an SCP all three",
      asked,
      { identity: [all], boundary: s3Only, scp: [[all], [s3Only]] },
      "allowed",
    ],
    [
      "with an SCP that lacks it",
      asked,
      { identity: [all], boundary: s3Only, scp: [[all], [listing]] },
      "-service-control",
    ],
    [
      "with a session's all three",
      { caller: session },
      { identity: [all], boundary: s3Only, session: [getting] },
      "allowed",
    ],
    [
      "with a session's that lacks it",
      { caller: session },
      { identity: [all], boundary: s3Only, session: [listing] },
      "-session",
    ],
    ["one identity policy of several", asked, { identity: [listing, getting] }, "allowed"],
    ["the root user has none", { caller: root }, { identity: [all] }, "allowed"],
  ]);
});

// Organizations User Guide, "SCP evaluation" and "RCP evaluation": levels are root, unit, account.
describe("policies of the organisation", () => {
  const asked = { caller: user };
  const identity = [all];
  const onlyS3: Document = [{ Effect: "Allow", Action: "s3:*", Resource: "*" }];
  const onlyEc2: Document = [{ Effect: "Allow", Action: "ec2:*", Resource: "*" }];
  const strangersOut: Document = [
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: "*",
      Condition: {
        StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
      },
    },
  ];
  const inside = { "aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:PrincipalIsAWSService": "false" };
  const outside = { "aws:PrincipalOrgID": "o-zzzzzzzzzz", "aws:PrincipalIsAWSService": "false" };
  check([
    ["allow nothing by themselves", asked, { scp: [[all], [all], [all]] }, "-identity"],
    ["allowed on all levels", asked, { identity, scp: [[all], [all], [all]] }, "allowed"],
    [
      "allowed by one of a level's",
      asked,
      { identity, scp: [[all], [onlyEc2, onlyS3]] },
      "allowed",
    ],
    [
      "missing at the root",
      asked,
      { identity, scp: [[onlyEc2], [all], [all]] },
      "-service-control",
    ],
    [
      "missing at the unit",
      asked,
      { identity, scp: [[all], [onlyEc2], [all]] },
      "-service-control",
    ],
    [
      "missing at the account",
      asked,
      { identity, scp: [[all], [all], [onlyEc2]] },
      "-service-control",
    ],
    [
      "nothing attached to a level",
      asked,
      { identity, scp: [[all], [], [all]] },
      "-service-control",
    ],
    ["denied at the root", asked, { identity, scp: [[all, noGetting], [all]] }, "+service-control"],
    [
      "denied at the account",
      asked,
      { identity, scp: [[all], [all, noGetting]] },
      "+service-control",
    ],
    [
      "limit a root user",
      { caller: root },
      { identity, scp: [[all, noGetting]] },
      "+service-control",
    ],
    [
      "limit what a bucket allows directly",
      asked,
      { resource: allNamed({ AWS: user.arn }), scp: [[onlyEc2]] },
      "-service-control",
    ],
    [
      "do not limit strangers, of whom they are not",
      { caller: stranger },
      { identity, resource: allNamed({ AWS: stranger.arn }) },
      "allowed",
    ],
    ["the management account has none", asked, { identity }, "allowed"],
    ["an RCP that lets all pass", asked, { identity, rcp: [[allOfAnybody]] }, "allowed"],
    ["an RCP grants nothing", asked, { rcp: [[allOfAnybody]] }, "-identity"],
    [
      "an RCP keeps others out",
      { caller: stranger, context: outside },
      {
        identity,
        resource: allNamed({ AWS: stranger.arn }),
        rcp: [[allOfAnybody, strangersOut]],
      },
      "+resource-control",
    ],
    [
      "an RCP lets its own in",
      { caller: user, context: inside },
      { identity, rcp: [[allOfAnybody], [allOfAnybody, strangersOut]] },
      "allowed",
    ],
    [
      "an RCP denies a root user",
      { caller: root },
      { identity, rcp: [[allOfAnybody, denying("*")]] },
      "+resource-control",
    ],
    [
      "an RCP denies the anonymous",
      { caller: anonymous },
      { resource: allNamed("*"), rcp: [[allOfAnybody, denying("*")]] },
      "+resource-control",
    ],
  ]);
});

// VPC PrivateLink Guide, "Control access to VPC endpoints using endpoint policies".
describe("the policy of an endpoint", () => {
  const caller = user;
  const identity = [all];
  const endpoint = allNamed("*", { Resource: "arn:aws:s3:::data/*" });
  check([
    ["the default", { caller }, { identity, endpoint: allOfAnybody }, "allowed"],
    ["grants nothing", { caller }, { endpoint: allOfAnybody }, "-identity"],
    ["lets its buckets pass", { caller }, { identity, endpoint }, "allowed"],
    [
      "holds up all others",
      { caller, resource: "arn:aws:s3:::other/a" },
      { identity, endpoint },
      "-vpc-endpoint",
    ],
    [
      "holds up principals that it does not name",
      { caller },
      { identity, endpoint: allNamed({ AWS: otherAccountId }) },
      "-vpc-endpoint",
    ],
    [
      "lets an account's users pass",
      { caller },
      { identity, endpoint: allNamed({ AWS: accountId }) },
      "allowed",
    ],
    [
      "is not passed by what a bucket allows directly",
      { caller },
      { resource: allNamed({ AWS: user.arn }), endpoint: allNamed({ AWS: otherAccountId }) },
      "-vpc-endpoint",
    ],
  ]);
});

// KMS Developer Guide, "Key policies", "Default key policy", "Allowing users in other accounts".
describe("the policy of a key", () => {
  const key = "arn:aws:kms:us-east-1:111122223333:key/k1";
  const use = { Effect: "Allow", Action: "kms:Decrypt", Resource: "*" };
  const toAccount: Document = [
    { ...use, Action: "kms:*", Principal: { AWS: `arn:aws:iam::${accountId}:root` } },
  ];
  const toUser: Document = [{ ...use, Principal: { AWS: user.arn } }];
  const toOthers: Document = [{ ...use, Principal: { AWS: otherAccountId } }];
  const ask = (caller: Asked["caller"], action = "kms:Decrypt"): Asked => ({
    caller,
    action,
    resource: key,
  });
  check([
    ["leaves it to the account", ask(user), { resource: toAccount, identity: [[use]] }, "allowed"],
    ["and the account says nothing", ask(user), { resource: toAccount }, "-identity"],
    ["names a user, who needs nothing else", ask(user), { resource: toUser }, "allowed"],
    [
      "no administrator gets past it",
      ask(session),
      { resource: toUser, identity: [all] },
      "-resource",
    ],
    ["nor the root user", ask(root), { resource: toUser, identity: [all] }, "-resource"],
    ["the account's root user by delegation", ask(root), { resource: toAccount }, "allowed"],
    [
      "another account, both sides",
      ask(stranger),
      { resource: toOthers, identity: [[use]] },
      "allowed",
    ],
    ["another account, one side", ask(stranger), { resource: toOthers }, "-identity"],
    [
      "another account, the other",
      ask(stranger),
      { resource: toAccount, identity: [all] },
      "-resource",
    ],
    [
      "a Deny in it",
      ask(user),
      { resource: [...toUser, { ...use, Effect: "Deny", Principal: "*" }] },
      "+resource",
    ],
    [
      "an action that it does not give",
      ask(user, "kms:Encrypt"),
      { resource: toUser },
      "-resource",
    ],
    [
      "a Deny of an identity",
      ask(user),
      { resource: toUser, identity: [[{ ...use, Effect: "Deny" }]] },
      "+identity",
    ],
    [
      "a boundary does not limit what it gives to a user",
      ask(user),
      { resource: toUser, boundary: getting },
      "allowed",
    ],
    [
      "a boundary limits what it leaves to the account",
      ask(user),
      { resource: toAccount, identity: [all], boundary: getting },
      "-boundary",
    ],
    ["an SCP limits it", ask(user), { resource: toUser, scp: [[getting]] }, "-service-control"],
  ]);
});

// IAM User Guide, "AWS JSON policy elements: NotPrincipal".
describe("NotPrincipal", () => {
  const identity = [all];
  const except = (...AWS: string[]): Documents => ({
    identity,
    resource: [{ Effect: "Deny", NotPrincipal: { AWS }, Action: "s3:*", Resource: objects }],
  });
  const rootArn = `arn:aws:iam::${accountId}:root`;
  check([
    ["user and account", { caller: user }, except(user.arn, rootArn), "allowed"],
    ["the user without its account", { caller: user }, except(user.arn), "+resource"],
    ["the account without the user", { caller: user }, except(rootArn), "+resource"],
    ["the account is its root user", { caller: root }, except(accountId), "allowed"],
    [
      "session, role, account",
      { caller: session },
      except(session.arn, roleArn, rootArn),
      "allowed",
    ],
    ["session and account", { caller: session }, except(session.arn, rootArn), "+resource"],
    ["role and account", { caller: session }, except(roleArn, rootArn), "+resource"],
    ["somebody else", { caller: stranger }, except(user.arn, rootArn), "+resource"],
    ["nobody", { caller: anonymous }, except(user.arn, rootArn), "+resource"],
  ]);
});

// S3 User Guide, "Blocking public access to your Amazon S3 storage", RestrictPublicBuckets.
describe("RestrictPublicBuckets", () => {
  const resource = allNamed("*");
  const fixed = allNamed("*", { Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } });
  const mixed = [...resource, ...allNamed({ AWS: stranger.arn }, { Action: "s3:PutObject" })];
  const restricted = { restrictPublicBuckets: true };
  const context = { "aws:SourceIp": "203.0.113.7" };
  const identity = [all];
  check([
    ["off: anybody", { caller: anonymous }, { resource }, "allowed"],
    ["on: not anybody", { caller: anonymous, ...restricted }, { resource }, "+public-access-block"],
    [
      "on: no other account",
      { caller: stranger, ...restricted },
      { resource, identity },
      "+public-access-block",
    ],
    ["on: the account's users", { caller: user, ...restricted }, { resource }, "allowed"],
    [
      "on: a fixed network is not public",
      { caller: anonymous, ...restricted, context },
      { resource: fixed },
      "allowed",
    ],
    [
      "on: others named beside a public statement",
      { caller: stranger, action: "s3:PutObject", ...restricted },
      { resource: mixed, identity },
      "+public-access-block",
    ],
  ]);
});

// IAM User Guide, "Condition operators", "…IfExists", "Null" and "Multivalued context keys": what an
// operator makes of a key that the request carries with `value`, or does not carry.
describe.each([
  ["StringEquals", "red", { red: true, blue: false, absent: false }],
  ["StringNotEquals", "red", { red: false, blue: true, absent: true }],
  ["StringEqualsIgnoreCase", "RED", { red: true, blue: false, absent: false }],
  ["StringNotEqualsIgnoreCase", "RED", { red: false, blue: true, absent: true }],
  ["StringLike", "r?*", { red: true, blue: false, absent: false }],
  ["StringNotLike", "r?*", { red: false, blue: true, absent: true }],
  ["StringEqualsIfExists", "red", { red: true, blue: false, absent: true }],
  ["StringNotEqualsIfExists", "red", { red: false, blue: true, absent: true }],
  ["StringLikeIfExists", "r*", { red: true, blue: false, absent: true }],
  ["ForAllValues:StringEquals", "red", { red: true, blue: false, absent: true }],
  ["ForAnyValue:StringEquals", "red", { red: true, blue: false, absent: false }],
  ["ForAllValues:StringNotEquals", "red", { red: false, blue: true, absent: true }],
  ["ForAnyValue:StringNotEquals", "red", { red: false, blue: true, absent: false }],
  ["Null", "true", { red: false, blue: false, absent: true }],
  ["Null", "false", { red: true, blue: true, absent: false }],
  ["Bool", "true", { true: true, false: false, absent: false }],
  ["BoolIfExists", "true", { true: true, false: false, absent: true }],
  ["NumericLessThanEquals", "10", { 9: true, 10: true, 11: false, absent: false }],
  ["NumericGreaterThan", "10", { 10: false, 10.5: true, absent: false }],
  ["NumericNotEquals", "10", { 10: false, 11: true, absent: true }],
  ["DateLessThan", "2026-01-01T00:00:00Z", { "2025-12-31T23:59:59Z": true, absent: false }],
  ["DateGreaterThan", "2026-01-01T00:00:00Z", { "2025-12-31T23:59:59Z": false, absent: false }],
  ["DateNotEquals", "2026-01-01T00:00:00Z", { "2026-01-01T00:00:00Z": false, absent: true }],
  ["IpAddress", "203.0.113.0/24", { "203.0.113.9": true, "203.0.114.9": false, absent: false }],
  ["NotIpAddress", "203.0.113.0/24", { "203.0.113.9": false, "203.0.114.9": true, absent: true }],
  ["IpAddress", "2001:db8::/32", { "2001:db8::1": true, "2001:db9::1": false, absent: false }],
  ["ArnLike", "arn:aws:iam::*:role/a*", { "arn:aws:iam::1:role/ab": true, absent: false }],
  ["ArnEquals", "arn:aws:iam::*:role/a*", { "arn:aws:iam::1:role/ab": true, absent: false }],
  ["ArnNotLike", "arn:aws:iam::*:role/a*", { "arn:aws:iam::1:role/ab": false, absent: true }],
  ["ArnNotEquals", "arn:aws:iam::*:role/a*", { "arn:aws:iam::1:role/b": true, absent: true }],
] as const)("the operator %s %s", (operator, wanted, answers) => {
  it.each(Object.entries(answers))("on %s: %s", (value, holds) => {
    const Condition = { [operator]: { "aws:UserAgent": wanted } };
    const context = value === "absent" ? {} : { "aws:UserAgent": value };
    const resource = allNamed({ AWS: user.arn }, { Condition });
    expect(answerTo({ caller: user, context }, { resource })).toBe(holds ? "allowed" : "-identity");
    const denies = { identity: [all], resource: denying("*", { Condition }) };
    expect(answerTo({ caller: user, context }, denies)).toBe(holds ? "+resource" : "allowed");
  });
});
