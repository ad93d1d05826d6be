import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys, TestServer, type WireRequest } from "../testing-fixtures/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(async () => {
  await server.close();
});

type Answer = Readonly<Record<string, unknown>>;

async function call(
  path: string,
  input: unknown,
  wire: Partial<WireRequest> = {},
): Promise<{ status: number; code: string | undefined; body: Answer }> {
  const { status, headers, text } = await server.send({
    method: "POST",
    path,
    service: "access-analyzer",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
    ...wire,
  });
  return { status, code: headers["x-amzn-errortype"], body: JSON.parse(text) as Answer };
}

interface Found {
  readonly issueCode: string;
  readonly findingType: string;
  readonly learnMoreLink: string;
  readonly locations: readonly {
    readonly path: unknown;
    readonly span: Readonly<
      Record<"start" | "end", { offset: number; line: number; column: number }>
    >;
  }[];
}

async function findings(
  policy: unknown,
  policyType = "RESOURCE_POLICY",
  resourceType: string | undefined = "AWS::S3::Bucket",
): Promise<readonly Found[]> {
  const policyDocument = typeof policy === "string" ? policy : JSON.stringify(policy);
  const { body } = await call("/policy/validation", {
    policyDocument,
    policyType,
    ...(policyType === "RESOURCE_POLICY" && { validatePolicyResourceType: resourceType }),
  });
  return body["findings"] as readonly Found[];
}

const good = {
  Sid: "One",
  Effect: "Allow",
  Principal: { AWS: "111122223333" },
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::bucket/*",
};
const policyOf = (...statements: unknown[]) => ({ Version: "2012-10-17", Statement: statements });
const condition = (Condition: unknown) => policyOf({ ...good, Condition });

describe("ValidatePolicy", () => {
  it("finds nothing in a good policy", async () => {
    expect(await findings(policyOf(good))).toEqual([]);
    const { Principal: _, ...plain } = good;
    expect(
      await findings(policyOf({ ...plain, Action: "iam:GetRole" }), "IDENTITY_POLICY"),
    ).toEqual([]);
  });

  it.each([
    ["ERROR", "JSON_SYNTAX_ERROR", '{"Version": '],
    ["ERROR", "DATA_TYPE_MISMATCH", "[]"],
    ["ERROR", "MISSING_STATEMENT", { Version: "2012-10-17" }],
    ["ERROR", "INVALID_VERSION", { Version: "2020-01-01", Statement: good }],
    ["WARNING", "MISSING_VERSION", { Statement: good }],
    ["ERROR", "INVALID_POLICY_ELEMENT", policyOf({ ...good, Weather: "x" })],
    ["ERROR", "MISSING_EFFECT", policyOf({ ...good, Effect: undefined })],
    ["ERROR", "INVALID_EFFECT", policyOf({ ...good, Effect: "allow" })],
    ["ERROR", "MISSING_PRINCIPAL", policyOf({ ...good, Principal: undefined })],
    ["ERROR", "MISSING_ACTION", policyOf({ ...good, Action: undefined })],
    ["ERROR", "MISSING_RESOURCE", policyOf({ ...good, Resource: undefined })],
    ["ERROR", "UNSUPPORTED_ELEMENT_COMBINATION", policyOf({ ...good, NotAction: "s3:GetObject" })],
    ["ERROR", "UNIQUE_SIDS_REQUIRED", policyOf(good, good)],
    ["SUGGESTION", "EMPTY_SID_VALUE", policyOf({ ...good, Sid: "" })],
    ["ERROR", "INVALID_ACTION", policyOf({ ...good, Action: "s3:Fly" })],
    ["ERROR", "INVALID_ACTION", policyOf({ ...good, Action: "GetObject" })],
    ["ERROR", "UNSUPPORTED_ACTION_IN_POLICY", policyOf({ ...good, Action: "s3:ListAllMyBuckets" })],
    ["ERROR", "UNSUPPORTED_ACTION_IN_POLICY", policyOf({ ...good, Action: "iam:GetRole" })],
    ["SUGGESTION", "EMPTY_ARRAY_ACTION", policyOf({ ...good, Action: [] })],
    [
      "SUGGESTION",
      "REDUNDANT_ACTION",
      policyOf({ ...good, Action: ["s3:GetObject", "s3:getobject"] }),
    ],
    ["ERROR", "INVALID_ARN_PREFIX", policyOf({ ...good, Resource: "bucket/*" })],
    ["ERROR", "MISSING_ARN_FIELD", policyOf({ ...good, Resource: "arn:aws:s3:bucket" })],
    ["ERROR", "INVALID_PARTITION", policyOf({ ...good, Resource: "arn:azure:s3:::bucket/a" })],
    [
      "ERROR",
      "ARN_REGION_NOT_ALLOWED",
      policyOf({ ...good, Resource: "arn:aws:s3:us-east-1::b/a" }),
    ],
    [
      "ERROR",
      "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
      policyOf({ ...good, Resource: "arn:aws:sqs:::q" }),
    ],
    ["ERROR", "INVALID_PRINCIPAL_FORMAT", policyOf({ ...good, Principal: "111122223333" })],
    ["ERROR", "INVALID_PRINCIPAL_KEY", policyOf({ ...good, Principal: { Aws: "*" } })],
    [
      "ERROR",
      "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
      policyOf({ ...good, Principal: { AWS: "arn:aws:iam::111122223333:user/*" } }),
    ],
    [
      "ERROR",
      "INVALID_SERVICE_PRINCIPAL_FORMAT",
      policyOf({ ...good, Principal: { Service: "cloudtrail" } }),
    ],
    [
      "SECURITY_WARNING",
      "ALLOW_WITH_NOT_PRINCIPAL",
      policyOf({ ...good, Principal: undefined, NotPrincipal: { AWS: "111122223333" } }),
    ],
    ["ERROR", "INVALID_CONDITION_OPERATOR", condition({ Stringy: { "aws:SourceIp": "x" } })],
    ["ERROR", "INVALID_CONDITION_KEY_FORMAT", condition({ StringEquals: { prefix: "x" } })],
    ["ERROR", "INVALID_SERVICE_CONDITION_KEY", condition({ StringEquals: { "s3:weather": "x" } })],
    ["ERROR", "TYPE_MISMATCH_IP_RANGE", condition({ IpAddress: { "aws:SourceIp": "10.0.0/8" } })],
    ["WARNING", "TYPE_MISMATCH_BOOLEAN", condition({ Bool: { "aws:SecureTransport": "no" } })],
    ["WARNING", "TYPE_MISMATCH_NUMBER", condition({ NumericEquals: { "s3:max-keys": "ten" } })],
    ["WARNING", "TYPE_MISMATCH_DATE", condition({ DateLessThan: { "aws:CurrentTime": "now" } })],
    [
      "WARNING",
      "WILDCARD_WITHOUT_LIKE_OPERATOR",
      condition({ StringEquals: { "aws:UserAgent": "aws-*" } }),
    ],
    ["SUGGESTION", "EMPTY_OBJECT_CONDITION", condition({})],
  ])("finds the %s %s", async (findingType, issueCode, policy) => {
    const found = await findings(policy);
    expect(found.map((one) => [one.findingType, one.issueCode])).toEqual([
      [findingType, issueCode],
    ]);
  });

  it("knows what identity policies may not say", async () => {
    const { Principal: _, ...plain } = good;
    expect(await findings(policyOf(good), "IDENTITY_POLICY")).toMatchObject([
      { issueCode: "UNSUPPORTED_PRINCIPAL" },
    ]);
    const passes = policyOf({ ...plain, Action: "iam:PassRole", Resource: "*" });
    expect(await findings(passes, "IDENTITY_POLICY")).toMatchObject([
      { findingType: "SECURITY_WARNING", issueCode: "PASS_ROLE_WITH_STAR_IN_RESOURCE" },
    ]);
  });

  it("says where it stands in the text", async () => {
    const text = JSON.stringify(
      policyOf(good, { ...good, Sid: "Two", Action: ["s3:Get*", "s3:Fly"] }),
      null,
      2,
    );
    const [found] = await findings(text);
    const { path, span } = found?.locations[0] ?? {};
    expect(path).toEqual([{ value: "Statement" }, { index: 1 }, { value: "Action" }, { index: 1 }]);
    expect(text.slice(span?.start.offset, span?.end.offset)).toBe('"s3:Fly"');
    const line = text.split("\n")[(span?.start.line ?? 0) - 1];
    expect(line?.slice(span?.start.column)).toBe('"s3:Fly"');
    expect(found?.learnMoreLink).toMatch(/#access-analyzer-.*-error-invalid-action$/);
  });

  it("answers page by page", async () => {
    const Action = Array.from({ length: 5 }, (_, index) => `s3:Fly${index}`);
    const input = {
      policyDocument: JSON.stringify(policyOf({ ...good, Action })),
      policyType: "RESOURCE_POLICY",
    };
    const first = await call("/policy/validation", input, { query: "maxResults=3" });
    expect(first.body["findings"]).toHaveLength(3);
    const query = `maxResults=3&nextToken=${String(first.body["nextToken"])}`;
    const second = await call("/policy/validation", input, { query });
    expect(second.body["findings"]).toHaveLength(2);
    expect(second.body).not.toHaveProperty("nextToken");
  });
});

async function check(...statements: unknown[]): Promise<Answer> {
  const policyDocument = JSON.stringify(policyOf(...statements));
  return (
    await call("/policy/check-no-public-access", {
      policyDocument,
      resourceType: "AWS::S3::Bucket",
    })
  ).body;
}

it("CheckNoPublicAccess goes by S3's meaning of public", async () => {
  const open = { ...good, Sid: "Two", Principal: "*" };
  expect(await check(good)).toMatchObject({ result: "PASS" });
  expect(await check(good, open)).toMatchObject({
    result: "FAIL",
    reasons: [{ statementIndex: 1, statementId: "Two" }],
  });
  const network = { ...open, Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } };
  expect(await check(network)).toMatchObject({ result: "PASS" });
});

it.each([
  ["/policy/validation", {}, "ValidationException", 400],
  [
    "/policy/validation",
    { policyDocument: "{}", policyType: "A_POLICY" },
    "ValidationException",
    400,
  ],
  ["/policy/validation", { policyDocument: "x".repeat(70_000) }, "ValidationException", 400],
  ["/policy/check-no-public-access", { policyDocument: "{}" }, "ValidationException", 400],
  [
    "/policy/check-no-public-access",
    { policyDocument: "{}", resourceType: "AWS::S3::Bucket" },
    "InvalidParameterException",
    400,
  ],
  ["/analyzer", {}, "UnknownOperationException", 404],
])("%s of %j is refused with %s", async (path, input, code, status) => {
  expect(await call(path, input)).toMatchObject({ code, status });
});

it("is for those who may", async () => {
  const input = { policyDocument: "{}", policyType: "IDENTITY_POLICY" };
  const refused = await call("/policy/validation", input, { credentials: keys.plain });
  expect(refused).toMatchObject({ code: "AccessDeniedException", status: 403 });
});

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const statementWith = (member: string): string =>
  `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*",${member}}}`;

it.each<readonly [what: string, policy: string]>([
  ["deep without an end", "[".repeat(60_000)],
  ["deep", deep(30_000)],
  ["deep in a principal", statementWith(`"Principal":${deep(20_000)}`)],
  ["deep in a condition", statementWith(`"Condition":${'{"a":'.repeat(9000)}1${"}".repeat(9000)}`)],
  ["of names that stand twice", statementWith('"Effect":"Deny"')],
  ["of names that objects have", '{"__proto__":{"Statement":[]},"constructor":1,"Statement":[]}'],
  [
    "of thousands of statements",
    JSON.stringify({ Statement: Array.from({ length: 4000 }, () => ({ Sid: "a" })) }),
  ],
  ["of thousands of names", `{${Array.from({ length: 6000 }, (_, i) => `"k${i}":1`).join()}}`],
  ["half a character", String.raw`{"Statement":"\ud800"}`],
  ["nothing", ""],
])("a policy that is %s gets findings, and no failure", async (_what, policy) => {
  server.events.length = 0;
  expect(await findings(policy)).not.toHaveLength(0);
  const document = { policyDocument: policy, resourceType: "AWS::S3::Bucket" };
  expect(await call("/policy/check-no-public-access", document)).toMatchObject({
    status: 400,
    code: "InvalidParameterException",
  });
  expect(server.events.filter(({ kind }) => kind === "failure")).toEqual([]);
});
