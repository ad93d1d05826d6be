import { expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import type { OrganizationPolicies, PolicySources } from "../core/policy-sources.ts";
import type { SetupTarget } from "./aspect.ts";
import {
  callerRole,
  callerRoleArn,
  denied,
  newBucket,
} from "./testing-fixtures/fake-bucket-admin.ts";
import { adminWith, aspectOf, bucket, desire, planFor } from "./testing-fixtures/set-up-once.ts";

// What the organisation keeps from people is told before a policy is written.

const role = "arn:aws:iam::111122223333:role/lab/Pipeline";
const session = `arn:aws:sts::111122223333:assumed-role/${callerRole}/jane`;

type Layer = "serviceControl" | "resourceControl";

function organization(layer: Layer, ...Statement: readonly object[]): OrganizationPolicies {
  const all = { Effect: "Allow", Action: "*", Resource: "*" };
  const statements =
    layer === "serviceControl"
      ? Statement
      : Statement.map((statement) => ({ ...statement, Principal: "*" }));
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: [layer === "serviceControl" ? all : { ...all, Principal: "*" }, ...statements],
  });
  const step = { place: "the root r-1", serviceControl: [], resourceControl: [] };
  return {
    isManagement: false,
    kinds: new Set([layer]),
    steps: [{ ...step, [layer]: [{ name: "limits", text }] }],
  };
}

const deny = (Action: unknown, more: object = {}) => ({
  Effect: "Deny",
  Action,
  Resource: "*",
  ...more,
});

interface Iam {
  readonly organization?: () => Promise<OrganizationPolicies | undefined>;
  readonly simulated?: (principalArn: string, action: string, resource: string) => boolean;
}

function targetWith(
  { organization: read, simulated }: Iam,
  admin = adminWith(),
): SetupTarget & { readonly asked: string[] } {
  const asked: string[] = [];
  const policies = {
    organizationPolicies: (account: string) => {
      asked.push(account);
      return read?.() ?? Promise.reject(denied("organizations:DescribeOrganization"));
    },
    simulateOrganization: ({ principalArn, action, resource }) =>
      simulated === undefined
        ? Promise.reject(denied("iam:SimulatePrincipalPolicy"))
        : Promise.resolve({ allowed: simulated(principalArn, action, resource) }),
    simulateOwn: ({ actions, resources }) =>
      Promise.resolve(
        actions.flatMap((action) =>
          resources.map((resource) => ({ action, resource, isAllowed: false, missingKeys: [] })),
        ),
      ),
    close: () => undefined,
  } as Partial<PolicySources> as PolicySources;
  return { admin, policies, asked };
}

const known = (policies: OrganizationPolicies | undefined): Iam => ({
  organization: () => Promise.resolve(policies),
});

async function messages(target: SetupTarget, wish = desire()): Promise<string[]> {
  return (await planFor(target, wish)).summary.blockers.map(({ message }) => message);
}

async function notes(target: SetupTarget, wish = desire()): Promise<string[]> {
  return aspectOf(await planFor(target, wish), "policy").notes.map(({ text }) => text);
}

it.each(["serviceControl", "resourceControl"] as const)(
  "a %s policy that keeps the caller from the bucket blocks the plan, unless that is accepted",
  async (layer) => {
    const limits = organization(layer, deny(["s3:PutBucketPolicy", "s3:PutObject"]));
    const plan = await planFor(targetWith(known(limits)));
    const kind = layer === "serviceControl" ? "Service" : "Resource";
    expect(plan.summary.blockers).toEqual([
      {
        code: "lock-out",
        message:
          `${kind} control policies of the organisation keep ${session} from s3:PutBucketPolicy, ` +
          "s3:PutObject, whatever the bucket's policy allows.",
        remedy: expect.stringContaining("organisation's administrators") as string,
      },
    ]);
    const accepted = await planFor(targetWith(known(limits)), desire(), { allowLockOut: true });
    expect(accepted.summary.blockers).toEqual([]);
  },
);

it("asks for the organisation of the account that is to own the bucket", async () => {
  const target = targetWith(known(undefined));
  await planFor(target, desire({ ownerAccountId: "999999999999" }));
  expect(target.asked).toEqual(["999999999999"]);
  const untouched = targetWith({});
  expect(await notes(untouched, desire({ policy: "unmanaged" }))).toEqual([]);
  expect(untouched.asked).toEqual([]);
});

it("says nothing where the organisation limits nothing, or there is none", async () => {
  const limits = organization("serviceControl", deny("s3:DeleteBucket"));
  for (const iam of [known(limits), known(undefined), known({ ...limits, isManagement: true })]) {
    expect(await messages(targetWith(iam))).toEqual([]);
    expect((await notes(targetWith(iam))).join()).not.toMatch(/organisation/);
  }
});

it("what a request would bring itself is no limit", async () => {
  const unencrypted = deny("s3:PutObject", {
    Condition: { Null: { "s3:x-amz-server-side-encryption": "true" } },
  });
  const otherwise = deny("s3:*", {
    Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
  });
  const limits = organization("serviceControl", unencrypted, otherwise);
  expect(await messages(targetWith(known(limits)))).toEqual([]);
});

it("only an object's action is asked of objects", async () => {
  const onObjects = deny("s3:*", { Resource: `arn:aws:s3:::${bucket}/*` });
  const [message] = await messages(targetWith(known(organization("serviceControl", onObjects))));
  expect(message).toContain(`keep ${session} from s3:PutObject, whatever`);
});

it("who may put another policy is only warned that it cannot be deleted", async () => {
  const target = targetWith(known(organization("serviceControl", deny("s3:DeleteBucketPolicy"))));
  expect(await messages(target)).toEqual([]);
  expect(await notes(target)).toContain(
    `Service control policies of the organisation keep ${session} from s3:DeleteBucketPolicy.`,
  );
});

it("roles of the wish need to use the bucket, not to set it up", async () => {
  const wish = desire({ policy: { principals: [role] } });
  const isPipeline = { Condition: { ArnLike: { "aws:PrincipalArn": role } } };
  const administered = deny("s3:PutBucketPolicy", isPipeline);
  const used = deny("s3:ListBucket", isPipeline);
  const of = (...limits: readonly object[]) =>
    messages(targetWith(known(organization("serviceControl", ...limits))), wish);
  expect(await of(administered)).toEqual([]);
  expect((await of(used)).join()).toContain("assumed-role/Pipeline/any from s3:ListBucket");
});

it("service control policies are not for people of another account, those on resources are", async () => {
  const stranger = "arn:aws:iam::999999999999:role/Partner";
  const wish = desire({ policy: { principals: [stranger] } });
  const isStranger = { Condition: { ArnLike: { "aws:PrincipalArn": stranger } } };
  const limits = (layer: Layer) => known(organization(layer, deny("s3:PutObject", isStranger)));
  expect(await messages(targetWith(limits("serviceControl")), wish)).toEqual([]);
  expect((await messages(targetWith(limits("resourceControl")), wish)).join()).toContain(
    "assumed-role/Partner/any from s3:PutObject",
  );
});

it("a lock-out that the organisation lets nobody undo says so", async () => {
  const lock = {
    Sid: "Lock",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:PutBucketPolicy", "s3:PutObject"],
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [lock] });
  const there = () => adminWith({ ...newBucket("us-east-1"), policy });
  const noRoot = deny("s3:DeleteBucketPolicy", {
    Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:root" } },
  });
  const limited = await messages(
    targetWith(known(organization("serviceControl", noRoot)), there()),
  );
  const byRoot =
    "nobody of the account could undo it: service control policies of the organisation keep even the " +
    "root user from s3:DeleteBucketPolicy";
  expect(limited[0]).toContain(`denies s3:PutBucketPolicy to ${session}; ${byRoot}.`);
  expect(limited[1]).not.toContain("nobody of the account");
  expect((await messages(targetWith(known(undefined), there()))).join()).not.toContain("undo");
});

it("policies of the organisation that nobody may see are said to be not visible", async () => {
  const note = (await notes(targetWith({}))).find((text) => text.startsWith("Not visible"));
  expect(note).toMatch(/organizations:DescribeOrganization.*a lock-out by them would go unseen\.$/);
  const limits = organization("serviceControl");
  const steps = limits.steps.map((step) => ({
    ...step,
    serviceControl: [{ name: "limits", text: "{" }],
  }));
  const unreadable = { ...limits, steps };
  expect((await notes(targetWith(known(unreadable)))).join()).toContain("Not visible");
});

it("IAM's simulator then tells of service control policies, and blocks nothing", async () => {
  const asked: string[] = [];
  const target = targetWith({
    simulated: (principal, action, resource) => {
      asked.push(`${principal} ${resource}`);
      return action !== "s3:PutObject";
    },
  });
  const texts = await notes(target);
  expect(texts).toContain(
    "Service control policies of the organisation may keep the caller from s3:PutObject, says IAM's simulator.",
  );
  expect(texts.join()).toContain("tells of service control policies for the caller alone");
  expect(await messages(target)).toEqual([]);
  expect(new Set(asked)).toEqual(
    new Set([
      `${callerRoleArn} arn:aws:s3:::${bucket}`,
      `${callerRoleArn} arn:aws:s3:::${bucket}/any`,
    ]),
  );
});

const failing = (code: "NotSupported" | "Aborted" | "Unavailable") =>
  targetWith({ organization: () => Promise.reject(new StorageError(code, "no")) });

it("of another account's organisation the simulator knows nothing", async () => {
  const target = targetWith({ simulated: () => false });
  const texts = await notes(target, desire({ ownerAccountId: "999999999999" }));
  expect(texts.join()).toContain("a lock-out by them would go unseen");
  expect(texts.join()).not.toContain("simulator");
});

it("a store without organisations is not asked further; the user's stop comes through", async () => {
  expect((await notes(failing("NotSupported"))).join()).not.toContain("organisation");
  expect((await notes(failing("Unavailable"))).join()).toContain("Not visible");
  await expect(planFor(failing("Aborted"))).rejects.toMatchObject({ code: "Aborted" });
});

it("a role whose path nobody tells is still asked for", async () => {
  const lock = {
    Sid: "NoPipeline",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: "s3:ListBucket",
    Resource: `arn:aws:s3:::${bucket}`,
    Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role*/Pipeline" } },
  };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [lock] });
  const admin = adminWith({ ...newBucket("us-east-1"), policy });
  admin.failures.set("getRole", denied("iam:GetRole"));
  const pipeline = "arn:aws:sts::111122223333:assumed-role/Pipeline/run";
  const wish = desire({ policy: { principals: [pipeline] } });
  expect((await messages({ admin }, wish)).join()).toContain(
    `"NoPipeline" denies s3:ListBucket to ${pipeline}`,
  );
  lock.Condition.ArnLike["aws:PrincipalArn"] = "arn:aws:iam::*:role/lab/Pipeline";
  admin.buckets.set(bucket, {
    ...newBucket("us-east-1"),
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [lock] }),
  });
  expect(await messages({ admin }, wish)).toEqual([]);
});
