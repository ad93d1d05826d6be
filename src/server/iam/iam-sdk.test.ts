// Over 400 lines: one server and one client for all families of operations.
import {
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteGroupCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetGroupCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  SetDefaultPolicyVersionCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateGroupCommand,
  UpdateRoleCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { HeadBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SdkServer } from "../testing-fixtures/sdk-server.ts";

let server: SdkServer;
let iam: IAMClient;
let account: string;
let count = 0;

beforeAll(async () => {
  server = await SdkServer.start();
  iam = new IAMClient(server.settings());
  account = server.account.id;
});
afterAll(async () => {
  iam.destroy();
  await server.stop();
});
beforeEach(() => {
  count++;
});

/** Another one in every test. */
function named(text: string): string {
  return `${text}-${count}`;
}

function policy(Action: string | readonly string[], Resource = "*", Effect = "Allow"): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect, Action, Resource }] });
}

function trust(AWS: string = account): string {
  const statement = { Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

const adminArn = "arn:aws:iam::aws:policy/AdministratorAccess";
const readOnlyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

/** `CODE status: text` of a refusal. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & {
      $metadata?: { httpStatusCode?: number };
    };
    return `${name.replace(/Exception$/, "")} ${$metadata?.httpStatusCode}: ${message}`;
  }
  throw new Error("a refusal was expected");
}

async function newUser(options: { readonly Path?: string } = {}): Promise<string> {
  const UserName = named("user");
  await iam.send(new CreateUserCommand({ UserName, ...options }));
  return UserName;
}

/** The user's own S3 client, with new keys. */
async function clientOf(UserName: string): Promise<S3Client> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return new S3Client({
    ...server.settings(),
    forcePathStyle: true,
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    },
  });
}

async function statusOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 200;
  } catch (error) {
    return (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode;
  }
}

describe("users", () => {
  test("are made, found, listed, renamed and deleted", async () => {
    const UserName = named("ada");
    const Tags = [{ Key: "team", Value: "red" }];
    const { User } = await iam.send(new CreateUserCommand({ UserName, Path: "/team/", Tags }));
    expect(User).toMatchObject({
      Arn: `arn:aws:iam::${account}:user/team/${UserName}`,
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Path: "/team/",
      Tags,
    });
    expect((await iam.send(new GetUserCommand({ UserName }))).User).toEqual(User);
    const listed = await iam.send(new ListUsersCommand({ PathPrefix: "/team/" }));
    expect(listed.Users?.map((user) => user.UserName)).toEqual([UserName]);
    const NewUserName = named("bob");
    await iam.send(new UpdateUserCommand({ UserName, NewUserName, NewPath: "/" }));
    const renamed = await iam.send(new GetUserCommand({ UserName: NewUserName }));
    expect(renamed.User).toMatchObject({ UserId: User?.UserId, Path: "/" });
    await iam.send(new DeleteUserCommand({ UserName: NewUserName }));
    expect(await refusal(iam.send(new GetUserCommand({ UserName: NewUserName })))).toBe(
      `NoSuchEntity 404: The user with name ${NewUserName} cannot be found.`,
    );
  });

  test("without a name the caller itself is meant", async () => {
    const { User } = await iam.send(new GetUserCommand({}));
    expect(User?.UserName).toBe("admin");
  });

  test("names are taken once, whatever their case", async () => {
    const UserName = await newUser();
    const again = iam.send(new CreateUserCommand({ UserName: UserName.toUpperCase() }));
    expect(await refusal(again)).toMatch(
      /^EntityAlreadyExists 409: User with name .* already exists/,
    );
  });

  test.each([
    ["a space", { UserName: "a b" }, /^ValidationError 400: The specified value for userName is/],
    ["too long", { UserName: "a".repeat(65) }, /'userName' failed .* less than or equal to 64$/],
    [
      "a path without end",
      { UserName: "a", Path: "/x" },
      /The specified value for path is invalid/,
    ],
  ])("a name or path with %s is refused", async (_, input, text) => {
    expect(await refusal(iam.send(new CreateUserCommand(input)))).toMatch(text);
  });

  test("pages go on where the last one ended", async () => {
    const Path = `/${named("page")}/`;
    for (const UserName of ["p1", "p2", "p3"]) {
      await iam.send(new CreateUserCommand({ UserName: named(UserName), Path }));
    }
    const first = await iam.send(new ListUsersCommand({ PathPrefix: Path, MaxItems: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
    const { Marker } = first;
    const second = await iam.send(new ListUsersCommand({ PathPrefix: Path, Marker }));
    expect(second).toMatchObject({ IsTruncated: false });
    const names = [...(first.Users ?? []), ...(second.Users ?? [])].map((user) => user.UserName);
    expect(names).toEqual(["p1", "p2", "p3"].map(named));
    const wrong = iam.send(new ListUsersCommand({ Marker: "nonsense" }));
    expect(await refusal(wrong)).toBe("ValidationError 400: Invalid Marker.");
  });

  test("are deleted only when nothing is left of them", async () => {
    const UserName = await newUser();
    const GroupName = named("group");
    await iam.send(new CreateGroupCommand({ GroupName }));
    await iam.send(new AddUserToGroupCommand({ UserName, GroupName }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: adminArn }));
    const tryIt = () => refusal(iam.send(new DeleteUserCommand({ UserName })));
    expect(await tryIt()).toBe(
      "DeleteConflict 409: Cannot delete entity, must delete access keys first.",
    );
    const AccessKeyId = AccessKey?.AccessKeyId;
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    expect(await tryIt()).toContain("must detach all policies first.");
    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn: adminArn }));
    expect(await tryIt()).toContain("must remove users from group first.");
    await iam.send(new RemoveUserFromGroupCommand({ UserName, GroupName }));
    await iam.send(new DeleteUserCommand({ UserName }));
  });
});

describe("access keys", () => {
  test("work at once, not while inactive, and not once they are deleted", async () => {
    const Bucket = await server.newBucket();
    const UserName = await newUser();
    const s3 = await clientOf(UserName);
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: adminArn }));
    expect(await statusOf(s3.send(new HeadBucketCommand({ Bucket })))).toBe(200);
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
    expect(AccessKeyMetadata).toMatchObject([{ UserName, Status: "Active" }]);
    const AccessKeyId = AccessKeyMetadata?.[0]?.AccessKeyId ?? "";
    const used = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    expect(used).toMatchObject({ UserName, AccessKeyLastUsed: { ServiceName: "s3" } });

    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" }));
    expect(await statusOf(s3.send(new HeadBucketCommand({ Bucket })))).toBe(403);
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Active" }));
    expect(await statusOf(s3.send(new HeadBucketCommand({ Bucket })))).toBe(200);
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    expect(await statusOf(s3.send(new HeadBucketCommand({ Bucket })))).toBe(403);
    s3.destroy();
  });

  test("a user has two at most, and nobody else's", async () => {
    const UserName = await newUser();
    await iam.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    expect(await refusal(iam.send(new CreateAccessKeyCommand({ UserName })))).toBe(
      "LimitExceeded 409: Cannot exceed quota for AccessKeysPerUser: 2",
    );
    const AccessKeyId = AccessKey?.AccessKeyId;
    const wrong = iam.send(new DeleteAccessKeyCommand({ UserName: "admin", AccessKeyId }));
    expect(await refusal(wrong)).toBe(
      `NoSuchEntity 404: The Access Key with id ${AccessKeyId} cannot be found.`,
    );
  });
});

test("a renamed group keeps its members and what they may do", async () => {
  const Bucket = await server.newBucket();
  const UserName = await newUser();
  const s3 = await clientOf(UserName);
  const GroupName = named("devs");
  await iam.send(new CreateGroupCommand({ GroupName }));
  await iam.send(new AddUserToGroupCommand({ UserName, GroupName }));
  const NewGroupName = named("engineers");
  await iam.send(new UpdateGroupCommand({ GroupName, NewGroupName }));
  const { Users } = await iam.send(new GetGroupCommand({ GroupName: NewGroupName }));
  expect(Users?.map((user) => user.UserName)).toEqual([UserName]);
  const { Groups } = await iam.send(new ListGroupsForUserCommand({ UserName }));
  expect(Groups).toMatchObject([{ GroupName: NewGroupName }]);
  const PolicyDocument = policy("s3:ListBucket");
  expect(await statusOf(s3.send(new HeadBucketCommand({ Bucket })))).toBe(403);
  await iam.send(
    new PutUserPolicyCommand({ UserName, PolicyName: "deny", PolicyDocument: policy("s3:Put*") }),
  );
  const { PutGroupPolicyCommand, DeleteGroupPolicyCommand } = await import("@aws-sdk/client-iam");
  const own = { GroupName: NewGroupName, PolicyName: "list" };
  await iam.send(new PutGroupPolicyCommand({ ...own, PolicyDocument }));
  expect(await statusOf(s3.send(new HeadBucketCommand({ Bucket })))).toBe(200);
  await iam.send(new DeleteGroupPolicyCommand(own));
  expect(await statusOf(s3.send(new HeadBucketCommand({ Bucket })))).toBe(403);
  expect(await refusal(iam.send(new DeleteGroupCommand({ GroupName: NewGroupName })))).toContain(
    "must remove users from group first",
  );
  s3.destroy();
});

const trustRefusal = (AssumeRolePolicyDocument: string) =>
  refusal(iam.send(new CreateRoleCommand({ RoleName: named("role"), AssumeRolePolicyDocument })));

describe("roles", () => {
  const newRole = async (more: object = {}): Promise<string> => {
    const RoleName = named("role");
    const AssumeRolePolicyDocument = trust();
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }));
    return RoleName;
  };

  test("have a path, an id, a trust policy, a description and a longest session", async () => {
    const more = { Path: "/apps/", Description: "of tests", MaxSessionDuration: 7200 };
    const RoleName = await newRole(more);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    expect(Role).toMatchObject({
      ...more,
      Arn: `arn:aws:iam::${account}:role/apps/${RoleName}`,
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      AssumeRolePolicyDocument: encodeURIComponent(trust()),
    });
    await iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 3600 }));
    const PolicyDocument = trust(`arn:aws:iam::${account}:user/admin`);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const after = await iam.send(new GetRoleCommand({ RoleName }));
    expect(after.Role).toMatchObject({
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: encodeURIComponent(PolicyDocument),
    });
    const { Roles } = await iam.send(new ListRolesCommand({ PathPrefix: "/apps/" }));
    expect(Roles?.map((role) => role.RoleName)).toEqual([RoleName]);
  });

  test("a trust policy is checked, and names nobody who is not there", async () => {
    const nobody = `arn:aws:iam::${account}:role/nobody`;
    expect(await trustRefusal("{")).toBe(
      "MalformedPolicyDocument 400: This policy contains invalid Json",
    );
    expect(await trustRefusal(trust(nobody))).toBe(
      `MalformedPolicyDocument 400: Invalid principal in policy: "AWS":"${nobody}"`,
    );
    expect(await trustRefusal(trust().replace("sts:AssumeRole", "s3:GetObject"))).toBe(
      "MalformedPolicyDocument 400: AssumeRole policy may only specify STS AssumeRole actions.",
    );
  });

  test("a role that was made anew is another one to those who trusted it", async () => {
    const trusted = await newRole();
    const first = await iam.send(new GetRoleCommand({ RoleName: trusted }));
    const AssumeRolePolicyDocument = trust(first.Role?.Arn);
    const RoleName = named("trusting");
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const shown = async () => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
    };
    expect(await shown()).toBe(AssumeRolePolicyDocument);
    await iam.send(new DeleteRoleCommand({ RoleName: trusted }));
    expect(await shown()).toBe(trust(first.Role?.RoleId));
    await newRole();
    const again = await iam.send(new GetRoleCommand({ RoleName: trusted }));
    expect(again.Role?.RoleId).not.toBe(first.Role?.RoleId);
    expect(await shown()).toBe(trust(first.Role?.RoleId));
  });

  test("inline policies are kept as they were put, up to 10,240 characters together", async () => {
    const RoleName = await newRole();
    const PolicyDocument = `  ${policy(["s3:Get*", "s3:List*"])}\n`.trimStart();
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument }));
    const got = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: "own" }));
    expect(decodeURIComponent(got.PolicyDocument ?? "")).toBe(PolicyDocument);
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    expect(PolicyNames).toEqual(["own"]);
    const large = policy(Array.from({ length: 900 }, (_, index) => `s3:Get${index}*`));
    const more = { RoleName, PolicyName: "large", PolicyDocument: large };
    expect(await refusal(iam.send(new PutRolePolicyCommand(more)))).toBe(
      `LimitExceeded 409: Maximum policy size of 10240 bytes exceeded for role ${RoleName}`,
    );
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "own" }));
    const gone = iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: "own" }));
    expect(await refusal(gone)).toBe(
      "NoSuchEntity 404: The role policy with name own cannot be found.",
    );
  });

  test.each([
    ["no JSON", "nonsense", /^Syntax errors in policy\.$/],
    ["an unknown field", '{"Statement":[],"Extra":1}', /^Syntax errors in policy\.$/],
    ["a principal", trust(), /^Policy document should not specify a principal\.$/],
    [
      "no actions",
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}',
      /^Policy statement must contain actions\.$/,
    ],
    ["no vendor", policy("GetObject"), /^Actions\/Conditions must be prefaced by a vendor/],
    ["no ARN", policy("s3:GetObject", "bucket"), /must be in ARN format or "\*"\.$/],
  ])("a policy with %s is refused", async (_, PolicyDocument, text) => {
    const RoleName = await newRole();
    const put = iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument }));
    const [code, message] = (await refusal(put)).split(/ 400: /);
    expect(code).toBe("MalformedPolicyDocument");
    expect(message).toMatch(text);
  });

  test("policies are attached and detached, and what tools ask before a deletion is answered", async () => {
    const RoleName = await newRole();
    const attached = { RoleName, PolicyArn: readOnlyArn };
    await iam.send(new AttachRolePolicyCommand(attached));
    const listed = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(listed.AttachedPolicies).toEqual([
      { PolicyName: "AmazonS3ReadOnlyAccess", PolicyArn: readOnlyArn },
    ]);
    expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName })))).toBe(
      "DeleteConflict 409: Cannot delete entity, must detach all policies first.",
    );
    await iam.send(new DetachRolePolicyCommand(attached));
    expect(await refusal(iam.send(new DetachRolePolicyCommand(attached)))).toBe(
      `NoSuchEntity 404: Policy ${readOnlyArn} was not found.`,
    );
    const profiles = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }));
    expect(profiles.InstanceProfiles).toEqual([]);
    const nowhere = { RoleName, PolicyArn: `arn:aws:iam::${account}:policy/nowhere` };
    expect(await refusal(iam.send(new AttachRolePolicyCommand(nowhere)))).toBe(
      `NoSuchEntity 404: Policy ${nowhere.PolicyArn} does not exist or is not attachable.`,
    );
    const broken = iam.send(
      new AttachRolePolicyCommand({ RoleName, PolicyArn: "long and malformed policy arn" }),
    );
    expect(await refusal(broken)).toBe("ValidationError 400: Invalid ARN:  Could not be parsed!");
    await iam.send(new DeleteRoleCommand({ RoleName }));
  });

  test("tags are set, listed and taken away without regard to case", async () => {
    const RoleName = await newRole();
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: "team", Value: "red" }] }));
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: "Team", Value: "blue" }] }));
    const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName }));
    expect(Tags).toEqual([{ Key: "Team", Value: "blue" }]);
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ["TEAM"] }));
    expect((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags).toEqual([]);
    const twice = ["a", "A"].map((Key) => ({ Key, Value: "" }));
    expect(await refusal(iam.send(new TagRoleCommand({ RoleName, Tags: twice })))).toMatch(
      /^InvalidInput 400: Duplicate tag keys found/,
    );
  });

  test("those of the sign-on are not changed by IAM", async () => {
    const RoleName = server.role.name;
    const attach = iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: readOnlyArn }));
    expect(await refusal(attach)).toBe(
      `UnmodifiableEntity 400: Cannot perform the operation on the protected role '${RoleName}' - ` +
        "this role is only modifiable by AWS",
    );
  });
});

const newPolicy = async (PolicyDocument = policy("s3:Get*")): Promise<string> => {
  const input = { PolicyName: named("policy"), PolicyDocument, Description: "of tests" };
  const { Policy } = await iam.send(new CreatePolicyCommand(input));
  return Policy?.Arn ?? "";
};

describe("managed policies", () => {
  test("have versions, of which one is in force", async () => {
    const Bucket = await server.newBucket();
    const UserName = await newUser();
    const s3 = await clientOf(UserName);
    const PolicyArn = await newPolicy(policy("s3:ListBucket"));
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    const status = () => statusOf(s3.send(new HeadBucketCommand({ Bucket })));
    expect(await status()).toBe(200);
    const PolicyDocument = policy("s3:PutObject");
    const { PolicyVersion } = await iam.send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument }),
    );
    expect(PolicyVersion).toMatchObject({ VersionId: "v2", IsDefaultVersion: false });
    expect(await status()).toBe(200);
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    expect(await status()).toBe(403);
    const put = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    expect(await statusOf(put)).toBe(200);
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(["v2", "v1"]);
    const got = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect(decodeURIComponent(got.PolicyVersion?.Document ?? "")).toBe(policy("s3:ListBucket"));
    s3.destroy();
  });

  test("five versions at most, their numbers never twice, the default one not deleted", async () => {
    const PolicyArn = await newPolicy();
    const PolicyDocument = policy("s3:List*");
    const add = () => iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument }));
    for (let version = 2; version <= 5; version++) await add();
    expect(await refusal(add())).toMatch(
      /^LimitExceeded 409: A managed policy can have up to 5 versions\./,
    );
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v5" }));
    expect((await add()).PolicyVersion?.VersionId).toBe("v6");
    const first = iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect(await refusal(first)).toBe(
      "DeleteConflict 409: Cannot delete the default version of a policy.",
    );
    expect(await refusal(iam.send(new DeletePolicyCommand({ PolicyArn })))).toMatch(
      /^DeleteConflict 409: This policy has more than one version\./,
    );
  });

  test("are counted where they stand, and not deleted from there", async () => {
    const PolicyArn = await newPolicy();
    const UserName = await newUser();
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    const boundary = { UserName, PermissionsBoundary: PolicyArn };
    await iam.send(new PutUserPermissionsBoundaryCommand(boundary));
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
      Description: "of tests",
      DefaultVersionId: "v1",
    });
    const { PolicyUsers } = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
    expect(PolicyUsers?.map((user) => user.UserName)).toEqual([UserName]);
    expect((await iam.send(new GetUserCommand({ UserName }))).User?.PermissionsBoundary).toEqual({
      PermissionsBoundaryType: "Policy",
      PermissionsBoundaryArn: PolicyArn,
    });
    const tryIt = () => refusal(iam.send(new DeletePolicyCommand({ PolicyArn })));
    expect(await tryIt()).toBe("DeleteConflict 409: Cannot delete a policy attached to entities.");
    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
    expect(await tryIt()).toContain("Cannot delete a policy attached");
    await iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName }));
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
    expect(await refusal(iam.send(new GetPolicyCommand({ PolicyArn })))).toBe(
      `NoSuchEntity 404: Policy ${PolicyArn} was not found.`,
    );
  });

  test("are listed by scope; those of AWS are nobody's to change", async () => {
    const PolicyArn = await newPolicy();
    const arns = async (Scope: "AWS" | "Local" | "All") => {
      const { Policies } = await iam.send(new ListPoliciesCommand({ Scope, MaxItems: 1000 }));
      return Policies?.map(({ Arn }) => Arn) ?? [];
    };
    expect(await arns("AWS")).toContain(adminArn);
    expect(await arns("AWS")).not.toContain(PolicyArn);
    expect(await arns("Local")).toContain(PolicyArn);
    expect(await arns("Local")).not.toContain(adminArn);
    expect(await arns("All")).toEqual(expect.arrayContaining([adminArn, PolicyArn]));
    const drop = iam.send(new DeletePolicyCommand({ PolicyArn: adminArn }));
    expect(await refusal(drop)).toMatch(/^AccessDenied 403/);
  });
});

test("the account is told of as a whole", async () => {
  const UserName = await newUser();
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: adminArn }));
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
  expect(SummaryMap).toMatchObject({ UsersQuota: 5000, AccountAccessKeysPresent: 1 });
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);
  const details = await iam.send(
    new GetAccountAuthorizationDetailsCommand({ Filter: ["User", "AWSManagedPolicy"] }),
  );
  expect(details.RoleDetailList).toEqual([]);
  const found = details.UserDetailList?.find((user) => user.UserName === UserName);
  expect(found?.AttachedManagedPolicies?.map((one) => one.PolicyArn)).toEqual([adminArn]);
  expect(details.Policies?.map(({ Arn }) => Arn)).toContain(adminArn);
});

const because = (action: string) =>
  `because no identity-based policy allows the iam:${action} action`;

describe("who may call IAM", () => {
  test("is judged by the caller's own policies, by action and resource", async () => {
    const UserName = await newUser();
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const own = new IAMClient({
      ...server.settings(),
      credentials: {
        accessKeyId: AccessKey?.AccessKeyId ?? "",
        secretAccessKey: AccessKey?.SecretAccessKey ?? "",
      },
    });
    const me = `arn:aws:iam::${account}:user/${UserName}`;
    expect(await refusal(own.send(new GetUserCommand({})))).toBe(
      `AccessDenied 403: User: ${me} is not authorized to perform: iam:GetUser on resource: user ` +
        `${UserName} ${because("GetUser")}`,
    );
    const PolicyDocument = policy("iam:GetUser", me);
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument }));
    expect((await own.send(new GetUserCommand({}))).User?.UserName).toBe(UserName);
    const other = own.send(new GetUserCommand({ UserName: "nobody-there" }));
    expect(await refusal(other)).toContain("AccessDenied 403");
    const create = own.send(new CreateUserCommand({ UserName: "eve" }));
    expect(await refusal(create)).toContain(
      `iam:CreateUser on resource: arn:aws:iam::${account}:user/eve ${because("CreateUser")}`,
    );
    own.destroy();
  });

  test("may be limited to users with a boundary", async () => {
    const UserName = await newUser();
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const own = new IAMClient({
      ...server.settings(),
      credentials: {
        accessKeyId: AccessKey?.AccessKeyId ?? "",
        secretAccessKey: AccessKey?.SecretAccessKey ?? "",
      },
    });
    const condition = { StringEquals: { "iam:PermissionsBoundary": readOnlyArn } };
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["iam:CreateUser", "iam:AttachUserPolicy"],
          Resource: "*",
          Condition: condition,
        },
      ],
    });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument }));
    const made = named("made");
    const PermissionsBoundary = readOnlyArn;
    expect(await refusal(own.send(new CreateUserCommand({ UserName: made })))).toContain("403");
    await own.send(new CreateUserCommand({ UserName: made, PermissionsBoundary }));
    const attach = { PolicyArn: adminArn };
    await own.send(new AttachUserPolicyCommand({ ...attach, UserName: made }));
    const mine = own.send(new AttachUserPolicyCommand({ ...attach, UserName }));
    expect(await refusal(mine)).toContain("AccessDenied 403");
    own.destroy();
  });
});
