import {
  DescribeOrganizationCommand,
  DescribePolicyCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListChildrenCommand,
  ListParentsCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  ListRootsCommand,
  ListTargetsForPolicyCommand,
  OrganizationsClient,
  paginateListAccounts,
} from "@aws-sdk/client-organizations";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";

const management = "000011112222";
const members = Array.from(
  { length: 22 },
  (_, index) => `3000000000${String(index).padStart(2, "0")}`,
);
const [first = "", second = ""] = members;
const outside = "999988887777";
const attached = ["arn:aws:iam::aws:policy/AdministratorAccess"];
const users = {
  admin: { accessKeys: [{}], attached },
  nobody: { accessKeys: [{}] },
};
const limit = {
  Version: "2012-10-17",
  Statement: [{ Sid: "Not", Effect: "Deny", Action: "s3:DeleteBucket", Resource: "*" }],
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    world: {
      version: 1,
      accounts: Object.fromEntries([management, outside, ...members].map((id) => [id, { users }])),
      organization: {
        id: "o-a1b2c3d4e5",
        managementAccount: management,
        delegatedAdministrators: [second],
        units: { science: { serviceControlPolicies: ["FullAWSAccess", "limit"] } },
        accounts: Object.fromEntries(
          members.map((id) => [id, id === first ? { unit: "science" } : {}]),
        ),
        serviceControlPolicies: { limit },
      },
    },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

function clientOf(account: string, user = "admin"): OrganizationsClient {
  const { endpoint, region } = server;
  return new OrganizationsClient({
    endpoint,
    region,
    credentials: server.credentialsOf(account, user),
  });
}

const Filter = "SERVICE_CONTROL_POLICY";

it("tells places, policies and where they are attached", async () => {
  const client = clientOf(management);
  const { Organization } = await client.send(new DescribeOrganizationCommand({}));
  expect(Organization).toMatchObject({
    Id: "o-a1b2c3d4e5",
    MasterAccountId: management,
    MasterAccountArn: `arn:aws:organizations::${management}:account/o-a1b2c3d4e5/${management}`,
  });
  const { Roots: [root] = [] } = await client.send(new ListRootsCommand({}));
  expect(root).toMatchObject({
    Name: "Root",
    PolicyTypes: [{ Type: Filter, Status: "ENABLED" }, {}],
  });
  const { Parents: [unit] = [] } = await client.send(new ListParentsCommand({ ChildId: first }));
  expect(unit).toMatchObject({ Type: "ORGANIZATIONAL_UNIT" });
  const { Parents } = await client.send(new ListParentsCommand({ ChildId: unit?.Id }));
  expect(Parents).toEqual([{ Id: root?.Id, Type: "ROOT" }]);
  const { Policies = [] } = await client.send(
    new ListPoliciesForTargetCommand({ TargetId: unit?.Id, Filter }),
  );
  expect(Policies.map(({ Name, AwsManaged }) => [Name, AwsManaged])).toEqual([
    ["FullAWSAccess", true],
    ["limit", false],
  ]);
  const PolicyId = Policies[1]?.Id;
  const { Policy } = await client.send(new DescribePolicyCommand({ PolicyId }));
  expect(JSON.parse(Policy?.Content ?? "")).toEqual(limit);
  const { Targets } = await client.send(new ListTargetsForPolicyCommand({ PolicyId }));
  expect(Targets).toMatchObject([{ Name: "science", Type: "ORGANIZATIONAL_UNIT" }]);
  const below = await client.send(new ListAccountsForParentCommand({ ParentId: unit?.Id }));
  expect(below.Accounts?.map(({ Id }) => Id)).toEqual([first]);
  const { Children } = await client.send(
    new ListChildrenCommand({ ParentId: root?.Id, ChildType: "ORGANIZATIONAL_UNIT" }),
  );
  expect(Children).toEqual([{ Id: unit?.Id, Type: "ORGANIZATIONAL_UNIT" }]);
  const listed = await client.send(new ListPoliciesCommand({ Filter: "RESOURCE_CONTROL_POLICY" }));
  expect(listed.Policies?.map(({ Id }) => Id)).toEqual(["p-RCPFullAWSAccess"]);
  const tags = await client.send(new ListPoliciesCommand({ Filter: "TAG_POLICY" }));
  expect(tags.Policies).toEqual([]);
});

it("lists page by page, to a delegated account too", async () => {
  const client = clientOf(second);
  const pages: (string | undefined)[][] = [];
  for await (const { Accounts = [] } of paginateListAccounts({ client }, {})) {
    pages.push(Accounts.map(({ Id }) => Id));
  }
  expect(pages.map(({ length }) => length)).toEqual([20, 3]);
  expect(new Set(pages.flat())).toEqual(new Set([management, ...members]));
});

it.each([
  [
    "of a member that was not delegated to",
    () => clientOf(first).send(new ListRootsCommand({})),
    "AccessDeniedException",
  ],
  [
    "of somebody whose policies do not allow it",
    () => clientOf(management, "nobody").send(new ListRootsCommand({})),
    "AccessDeniedException",
  ],
  [
    "of an account outside",
    () => clientOf(outside).send(new DescribeOrganizationCommand({})),
    "AWSOrganizationsNotInUseException",
  ],
  [
    "for an account that there is not",
    () => clientOf(management).send(new ListParentsCommand({ ChildId: outside })),
    "ChildNotFoundException",
  ],
  [
    "for a policy that there is not",
    () => clientOf(management).send(new DescribePolicyCommand({ PolicyId: "p-12345678" })),
    "PolicyNotFoundException",
  ],
  [
    "for a kind that there is not",
    () => clientOf(management).send(new ListPoliciesCommand({ Filter: "X" as typeof Filter })),
    "InvalidInputException",
  ],
])("refuses a call %s", async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});

it.each(["24", "-1", "x"])("refuses the page %s, which there is not", async (NextToken) => {
  const call = clientOf(management).send(new ListAccountsCommand({ NextToken }));
  await expect(call).rejects.toMatchObject({ name: "InvalidInputException" });
});

it("but any member learns which organisation it is in", async () => {
  const answer = await clientOf(first).send(new DescribeOrganizationCommand({}));
  expect(answer.Organization?.Id).toBe("o-a1b2c3d4e5");
});
