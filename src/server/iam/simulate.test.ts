import {
  AttachUserPolicyCommand,
  CreateUserCommand,
  GetContextKeysForCustomPolicyCommand,
  IAMClient,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
  type SimulateCustomPolicyCommandInput,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SdkServer } from "../testing-fixtures/sdk-server.ts";

let server: SdkServer;
let iam: IAMClient;

beforeAll(async () => {
  server = await SdkServer.start();
  iam = new IAMClient(server.settings());
});
afterAll(async () => {
  iam.destroy();
  await server.stop();
});

function policy(...statements: readonly object[]): string {
  const Statement = statements.map((one) => ({ Effect: "Allow", Resource: "*", ...one }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const object = "arn:aws:s3:::data/a";

async function custom(input: Partial<SimulateCustomPolicyCommandInput>) {
  const { EvaluationResults } = await iam.send(
    new SimulateCustomPolicyCommand({
      PolicyInputList: [policy({ Action: "s3:Get*" })],
      ActionNames: ["s3:GetObject"],
      ResourceArns: [object],
      ...input,
    }),
  );
  return EvaluationResults ?? [];
}

const decisions = async (input: Partial<SimulateCustomPolicyCommandInput>) =>
  (await custom(input)).map(({ EvalDecision }) => EvalDecision);

test("policies that are given are judged for every action on every resource", async () => {
  const results = await custom({
    PolicyInputList: [
      policy({ Action: "s3:*" }),
      policy({ Effect: "Deny", Action: "s3:Delete*", Resource: "arn:aws:s3:::data/*" }),
    ],
    ActionNames: ["s3:GetObject", "s3:DeleteObject", "iam:GetUser"],
    ResourceArns: [object, "arn:aws:s3:::other/a"],
  });
  expect(
    results.map((one) => [one.EvalActionName, one.EvalResourceName, one.EvalDecision]),
  ).toEqual([
    ["s3:GetObject", object, "allowed"],
    ["s3:GetObject", "arn:aws:s3:::other/a", "allowed"],
    ["s3:DeleteObject", object, "explicitDeny"],
    ["s3:DeleteObject", "arn:aws:s3:::other/a", "allowed"],
    ["iam:GetUser", object, "implicitDeny"],
    ["iam:GetUser", "arn:aws:s3:::other/a", "implicitDeny"],
  ]);
  expect(results[2]?.MatchedStatements).toEqual([
    {
      SourcePolicyId: "PolicyInputList.2",
      SourcePolicyType: "IAM Policy",
      StartPosition: { Line: 1, Column: 38 },
      EndPosition: { Line: 1, Column: expect.any(Number) },
    },
  ]);
});

test("conditions are judged by what is given, and what is missing is told", async () => {
  const Condition = { StringEquals: { "aws:RequestedRegion": "eu-west-1" } };
  const PolicyInputList = [policy({ Action: "s3:*", Condition })];
  const [without] = await custom({ PolicyInputList });
  expect(without).toMatchObject({
    EvalDecision: "implicitDeny",
    MissingContextValues: ["aws:RequestedRegion"],
  });
  const entry = { ContextKeyName: "aws:requestedregion", ContextKeyType: "string" } as const;
  const [given] = await custom({
    PolicyInputList,
    ContextEntries: [{ ...entry, ContextKeyValues: ["eu-west-1"] }],
  });
  expect(given).toMatchObject({ EvalDecision: "allowed", MissingContextValues: [] });
  const keys = await iam.send(new GetContextKeysForCustomPolicyCommand({ PolicyInputList }));
  expect(keys.ContextKeyNames).toEqual(["aws:RequestedRegion"]);
});

test("a boundary and the resource's policy have their say", async () => {
  const [bounded] = await custom({
    PermissionsBoundaryPolicyInputList: [policy({ Action: "s3:Put*" })],
  });
  expect(bounded).toMatchObject({
    EvalDecision: "implicitDeny",
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
  const CallerArn = `arn:aws:iam::${server.account.id}:user/ada`;
  const ResourcePolicy = policy({ Action: "s3:PutObject", Principal: { AWS: CallerArn } });
  const put = { ActionNames: ["s3:PutObject"], ResourcePolicy, CallerArn };
  expect(await decisions(put)).toEqual(["allowed"]);
  expect(await decisions({ ...put, ResourceOwner: "arn:aws:iam::999999999999:root" })).toEqual([
    "implicitDeny",
  ]);
});

test("a user is simulated with its policies and its boundary", async () => {
  const UserName = "simulated-user";
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = policy({
    Action: "s3:PutObject",
    Resource: "arn:aws:s3:::data/${aws:username}/*",
  });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument }));
  const readOnly = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: readOnly }));
  const simulated = async (action: string, resource: string) => {
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `arn:aws:iam::${server.account.id}:user/${UserName}`,
        ActionNames: [action],
        ResourceArns: [resource],
      }),
    );
    return EvaluationResults[0];
  };
  const put = await simulated("s3:PutObject", `arn:aws:s3:::data/${UserName}/a`);
  expect(put).toMatchObject({
    EvalDecision: "allowed",
    MatchedStatements: [{ SourcePolicyId: `user_${UserName}_own` }],
  });
  const get = await simulated("s3:GetObject", object);
  expect(get?.MatchedStatements?.[0]?.SourcePolicyId).toBe("AmazonS3ReadOnlyAccess");
  expect((await simulated("s3:PutObject", object))?.EvalDecision).toBe("implicitDeny");
  const PermissionsBoundary = readOnly;
  await iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }));
  expect(await simulated("s3:PutObject", `arn:aws:s3:::data/${UserName}/a`)).toMatchObject({
    EvalDecision: "implicitDeny",
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
});

test.each([
  ["a name that is no action", { ActionNames: ["GetObject"] }, /^Invalid action name: GetObject$/],
  ["a policy that is none", { PolicyInputList: ["{"] }, /^PolicyInputList\.1: /],
  [
    "a resource policy without a caller",
    { ResourcePolicy: policy({ Action: "s3:*", Principal: "*" }) },
    /CallerArn must be provided/,
  ],
])("%s is refused", async (_, input, message) => {
  await expect(custom(input)).rejects.toMatchObject({
    message: expect.stringMatching(message),
    $metadata: { httpStatusCode: 400 },
  });
});

test("of a user who is not there nothing is told", async () => {
  const call = iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: `arn:aws:iam::${server.account.id}:user/nobody-there`,
      ActionNames: ["s3:GetObject"],
    }),
  );
  await expect(call).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
});
