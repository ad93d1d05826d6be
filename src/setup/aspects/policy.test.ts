import { describe, expect, it } from "vitest";
import { StorageError } from "../../core/errors.ts";
import { applyPlan } from "../apply.ts";
import type { AccessPreset, DesiredState } from "../desired-state.ts";
import {
  callerRole,
  callerRoleArn,
  denied,
  newBucket,
  oldBucket,
} from "../testing-fixtures/fake-bucket-admin.ts";
import {
  adminWith,
  aspectOf,
  bucket,
  desire,
  FakeTools,
  planFor,
  setUp,
} from "../testing-fixtures/set-up-once.ts";

interface Statement {
  Sid: string;
  Principal: { AWS: string } | string;
  Action: string[] | string;
  Resource: string[] | string;
  Condition?: Record<string, Record<string, string | string[]>>;
}

async function statementsFor(
  desired: DesiredState = desire(),
  admin = adminWith(),
): Promise<Map<string, Statement>> {
  const plan = await planFor({ admin }, desired);
  const text = String(aspectOf(plan, "policy").document);
  const { Statement } = JSON.parse(text) as { Statement: Statement[] };
  return new Map(Statement.map((statement) => [statement.Sid, statement]));
}

async function actionsOf(access: AccessPreset): Promise<string[]> {
  const statements = await statementsFor(desire({ policy: { access } }));
  return [...statements.values()].flatMap(({ Action }) => Action);
}

describe("step 5, the policy", () => {
  it("the principal is the role with its path, looked up live, not the session's ARN", async () => {
    const statements = await statementsFor();
    expect(statements.get("SmsStorageObjects")?.Principal).toEqual({ AWS: callerRoleArn });
  });

  it("the stable form names the permission set with sixteen ?, with and without a region segment", async () => {
    const stable = desire({ policy: { form: "stable" } });
    const statement = (await statementsFor(stable)).get("SmsStorageBucket");
    const sixteen = "????????????????";
    expect(statement?.Principal).toBe("*");
    expect(statement?.Condition).toEqual({
      StringEquals: { "aws:PrincipalAccount": "111122223333" },
      ArnLike: {
        "aws:PrincipalArn": [
          `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_${sixteen}`,
          `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AdministratorAccess_${sixteen}`,
        ],
      },
    });
  });

  it("when iam:GetRole is denied, patterns stand in for the path that is not known", async () => {
    const admin = adminWith();
    admin.failures.set("getRole", denied("iam:GetRole"));
    const plan = await planFor({ admin });
    const policy = aspectOf(plan, "policy");
    expect(String(policy.document)).toContain(
      "AWSReservedSSO_AdministratorAccess_????????????????",
    );
    expect(policy.notes.map(({ text }) => text).join("\n")).toContain("could not be looked up");
  });

  it("a role that may not look itself up sees no difference to the ARN that is there", async () => {
    for (const form of ["role-arn", "stable"] as const) {
      const admin = adminWith();
      admin.caller = { ...admin.caller, arn: admin.caller.arn.replace(callerRole, "Lab") };
      admin.roles.set("Lab", { arn: "arn:aws:iam::111122223333:role/app/Lab", roleId: "AROALAB" });
      const desired = desire({ policy: { form } });
      await setUp({ admin }, desired);
      admin.failures.set("getRole", denied("iam:GetRole"));
      expect(aspectOf(await planFor({ admin }, desired), "policy")).toMatchObject({ changes: [] });
    }
  });

  it("set up by one role and then by another, who has access stays, unless principals are named", async () => {
    const admin = adminWith();
    await setUp({ admin });
    admin.caller = { ...admin.caller, arn: admin.caller.arn.replace(callerRole, "Lab") };
    admin.roles.set("Lab", { arn: "arn:aws:iam::111122223333:role/Lab", roleId: "AROALAB" });
    const kept = aspectOf(await planFor({ admin }), "policy");
    expect(kept.changes).toEqual([]);
    expect(kept.notes.map(({ text }) => text).join()).toContain(
      `Access stays with ${callerRoleArn}`,
    );
    const toCaller = desire({ policy: { principals: "caller" } });
    const { changes } = aspectOf(await planFor({ admin }, toCaller), "policy");
    expect(changes.map(({ action, risk }) => [action, risk])).toEqual([
      ["change", `${callerRoleArn}: this Allow ends for them`],
      ["change", `${callerRoleArn}: this Allow ends for them`],
    ]);
  });

  it("what was put by pattern stays so for who may not look the role up", async () => {
    const admin = adminWith();
    admin.caller = { ...admin.caller, arn: admin.caller.arn.replace(callerRole, "Lab") };
    admin.failures.set("getRole", denied("iam:GetRole"));
    await setUp({ admin });
    expect(aspectOf(await planFor({ admin }), "policy").changes).toEqual([]);
  });

  it("a role made anew since the session began is noticed by its RoleId", async () => {
    const admin = adminWith();
    admin.roles.set(callerRole, { arn: callerRoleArn, roleId: "AROAOTHER00000000001" });
    const notes = aspectOf(await planFor({ admin }), "policy").notes.map(({ text }) => text);
    expect(notes.join("\n")).toContain("was made anew since this session began");
  });

  it("the plan says that an Allow restricts nobody, and guesses nothing by a role's name", async () => {
    const notes = aspectOf(await planFor({ admin: adminWith() }), "policy").notes;
    const text = notes.map((note) => note.text).join("\n");
    expect(text).toContain("An Allow restricts nobody else");
    expect(text).not.toContain("changes nothing");
  });

  it.each([
    ["arn:aws-us-gov:sts::111122223333:assumed-role/Lab/jane", "us-gov-west-1", "aws-us-gov"],
    ["arn:aws-cn:sts::111122223333:assumed-role/Lab/jane", "cn-north-1", "aws-cn"],
    ["arn:aws:sts::111122223333:assumed-role/Lab/jane", "us-east-1", "aws"],
  ])(
    "ARNs are of the caller's partition, not always arn:aws (%s)",
    async (arn, region, partition) => {
      const admin = adminWith(newBucket(region));
      admin.caller = { accountId: "111122223333", arn, userId: "AROAX:jane" };
      admin.roles.set("Lab", {
        arn: `arn:${partition}:iam::111122223333:role/Lab`,
        roleId: "AROAX",
      });
      const statements = await statementsFor(desire({ region }), admin);
      expect(statements.get("SmsStorageBucket")?.Resource).toBe(`arn:${partition}:s3:::${bucket}`);
      expect(statements.get("SmsStorageTlsOnly")?.Resource).toEqual([
        `arn:${partition}:s3:::${bucket}`,
        `arn:${partition}:s3:::${bucket}/*`,
      ]);
    },
  );

  it("without a caller's ARN the partition is the region's", async () => {
    const admin = adminWith(newBucket("us-gov-west-1"));
    admin.failures.set("getCallerIdentity", new StorageError("NotSupported", "no STS"));
    const statements = await statementsFor(desire({ region: "us-gov-west-1" }), admin);
    expect(statements.get("SmsStorageTlsOnly")?.Resource).toContain(
      `arn:aws-us-gov:s3:::${bucket}`,
    );
  });

  it("other people's statements are kept letter by letter: the put replaces the whole document", async () => {
    const theirs = `{ "Sid": "Theirs", "Effect":"Allow", "Principal": {"AWS":"444455556666"}, "Action":"s3:GetObject" ,"Resource":"arn:aws:s3:::${bucket}/*" }`;
    const admin = adminWith({
      ...newBucket("us-east-1"),
      policy: `{"Version":"2012-10-17","Statement":[${theirs}]}`,
    });
    const plan = await planFor({ admin });
    expect(aspectOf(plan, "policy").kept).toEqual(["Statement Theirs"]);
    await applyPlan(plan, { admin }, { tools: new FakeTools() });
    const after = admin.buckets.get(bucket)?.policy ?? "";
    expect(after).toContain(`"Statement":[${theirs},`);
    expect(after).toContain("SmsStorageObjects");
  });

  it("the store's own order and spelling of our statements is no difference", async () => {
    const admin = adminWith();
    await setUp({ admin });
    const state = admin.buckets.get(bucket);
    const policy = JSON.parse(state?.policy ?? "") as { Statement: Statement[] };
    for (const statement of policy.Statement) {
      if (Array.isArray(statement.Action)) statement.Action.reverse();
      if (typeof statement.Resource === "string") statement.Resource = [statement.Resource];
    }
    policy.Statement.reverse();
    admin.buckets.set(bucket, {
      ...newBucket("us-east-1"),
      ...state,
      policy: JSON.stringify(policy),
    });
    expect((await planFor({ admin })).summary.upToDate).toBe(true);
  });

  it("bucket actions go with the bucket's ARN, object actions with the objects'", async () => {
    const statements = await statementsFor();
    const onBucket = statements.get("SmsStorageBucket");
    const onObjects = statements.get("SmsStorageObjects");
    expect(onBucket?.Resource).toBe(`arn:aws:s3:::${bucket}`);
    expect(onObjects?.Resource).toBe(`arn:aws:s3:::${bucket}/*`);
    expect(onBucket?.Action).toContain("s3:ListBucket");
    expect(onObjects?.Action).toEqual(
      expect.arrayContaining(["s3:GetObject", "s3:GetObjectAttributes"]),
    );
  });

  it("large files need multipart actions, versions their own; only admin may delete versions", async () => {
    const least = await actionsOf("least");
    const multipart = [
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
      "s3:ListBucketMultipartUploads",
      "s3:GetBucketLocation",
    ];
    const guide = [
      "s3:PutObject",
      "s3:GetObject",
      "s3:DeleteObject",
      "s3:ListBucket",
      "s3:GetObjectAttributes",
    ];
    expect(least).toEqual(expect.arrayContaining([...guide, ...multipart]));
    expect(least).not.toContain("s3:GetObjectVersion");
    const readWrite = await actionsOf("read-write");
    expect(readWrite).toEqual(
      expect.arrayContaining(["s3:GetObjectVersion", "s3:ListBucketVersions"]),
    );
    expect(readWrite).not.toContain("s3:DeleteObjectVersion");
    expect(await actionsOf("admin")).toContain("s3:DeleteObjectVersion");
  });

  it("TLS-only covers bucket and objects, and is left out where the endpoint is plain http", async () => {
    expect((await statementsFor()).get("SmsStorageTlsOnly")).toMatchObject({
      Effect: "Deny",
      Principal: "*",
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    const local = desire({ endpointUrl: "http://127.0.0.1:9000" });
    const plan = await planFor({ admin: adminWith() }, local);
    expect(String(aspectOf(plan, "policy").document)).not.toContain("SecureTransport");
    expect(
      aspectOf(plan, "policy")
        .notes.map(({ text }) => text)
        .join("\n"),
    ).toContain("is plain http");
  });

  it("a policy that would lock the caller out is refused, unless that is allowed expressly", async () => {
    const lock = {
      Sid: "Lock",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutBucketPolicy",
      Resource: `arn:aws:s3:::${bucket}`,
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [lock] });
    const admin = adminWith({ ...newBucket("us-east-1"), policy });
    const plan = await planFor({ admin });
    expect(plan.summary.blockers[0]).toMatchObject({ code: "lock-out" });
    expect(plan.summary.blockers[0]?.message).toContain(
      'statement "Lock" denies s3:PutBucketPolicy',
    );
    await expect(applyPlan(plan, { admin }, { tools: new FakeTools() })).rejects.toMatchObject({
      code: "ConfigurationError",
      details: { blocker: "lock-out" },
    });
    const allowed = await planFor({ admin }, desire(), { allowLockOut: true });
    expect(allowed.summary.blockers).toEqual([]);
    expect((await applyPlan(allowed, { admin }, { tools: new FakeTools() })).succeeded).toBe(true);
  });

  it("a part of the policy that is not known is named, and the rest is still judged", async () => {
    const everybody = { Effect: "Deny", Principal: "*", Resource: `arn:aws:s3:::${bucket}/*` };
    const foreign = { ...everybody, Sid: "Moon", Principal: { AWS: "arn:aws:iam::moon:user/x" } };
    const lock = { ...everybody, Sid: "Lock" };
    const Statement = [foreign, lock].map((statement) => ({
      ...statement,
      Action: "s3:PutObject",
    }));
    const policy = JSON.stringify({ Version: "2012-10-17", Statement });
    const plan = await planFor({ admin: adminWith({ ...newBucket("us-east-1"), policy }) });
    expect(plan.summary.blockers[0]?.message).toContain('statement "Lock" denies s3:PutObject');
    expect(aspectOf(plan, "policy").notes.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('statement "Moon" has Principal arn:aws:iam::moon:user/x'),
    );
  });

  it("a deleted role's AROA id in the policy would make the put fail, and is named beforehand", async () => {
    const dead = {
      Sid: "Dead",
      Effect: "Allow",
      Principal: { AWS: "AROADEADDEADDEAD0001" },
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${bucket}/*`,
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [dead] });
    const plan = await planFor({ admin: adminWith({ ...newBucket("us-east-1"), policy }) });
    expect(plan.summary.blockers[0]).toMatchObject({ code: "dead-principal" });
    expect(plan.summary.blockers[0]?.message).toContain(
      'statement "Dead" names AROADEADDEADDEAD0001',
    );
  });

  it("the guide's own session statement is kept and warned of", async () => {
    const session = `arn:aws:sts::111122223333:assumed-role/${callerRole}/jcschaff_sso`;
    const seed = {
      Sid: "AllowSSOUserFullAccess",
      Effect: "Allow",
      Principal: { AWS: session },
      Action: ["s3:GetObject"],
      Resource: [`arn:aws:s3:::${bucket}/*`],
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [seed] });
    const plan = await planFor({ admin: adminWith({ ...newBucket("us-east-1"), policy }) });
    expect(aspectOf(plan, "policy").kept).toEqual(["Statement AllowSSOUserFullAccess"]);
    expect(
      aspectOf(plan, "policy")
        .notes.map(({ text }) => text)
        .join("\n"),
    ).toContain("it fits one person alone");
  });

  it("a foreign policy that names something twice is told of, and nothing is written", async () => {
    const policy =
      '{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:*",' +
      `"Resource":"arn:aws:s3:::${bucket}/*","Condition":{"Bool":{"aws:SecureTransport":"false"},` +
      '"Bool":{"aws:ViaAWSService":"true"}}}]}';
    const admin = adminWith({ ...newBucket("us-east-1"), policy });
    const plan = await planFor({ admin });
    expect(plan.summary.blockers[0]).toMatchObject({ code: "malformed" });
    expect(plan.summary.blockers[0]?.message).toContain('"Bool" twice');
    await expect(setUp({ admin })).rejects.toMatchObject({ code: "ConfigurationError" });
    expect(admin.writes).toEqual([]);
  });

  it("a public statement and the public access block cannot both be had", async () => {
    const open = {
      Sid: "Open",
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${bucket}/*`,
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [open] });
    const plan = await planFor({ admin: adminWith({ ...oldBucket("us-east-1"), policy }) });
    expect(plan.summary.blockers[0]).toMatchObject({ code: "public-policy" });
    const restrict = aspectOf(plan, "public-access-block").changes.find(
      ({ item }) => item === "RestrictPublicBuckets",
    );
    expect(restrict?.risk).toContain("lose their access");
  });
});
