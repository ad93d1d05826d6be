import { describe, expect, it } from "vitest";
import { StorageError } from "../../../core/errors.ts";
import type { PolicySources } from "../../../core/policy-sources.ts";
import {
  account,
  caller,
  detail,
  examineTrial,
  ids,
  quickStore,
  refused,
} from "../testing-fixtures/trial.ts";

const document = (...Statement: readonly unknown[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement });
const all = { Effect: "Allow", Action: "s3:*", Resource: "*" };

const none = () => Promise.resolve([]);
const hidden = (operation: string) => () => Promise.reject(refused(operation));

/** Of ada, whose own policy says this; the organisation shows nothing. */
function iam(...statements: readonly unknown[]): Partial<PolicySources> {
  return {
    describeHolder: () =>
      Promise.resolve({ arn: caller.arn, id: caller.userId, tags: [], boundaryArn: undefined }),
    inlinePolicies: () => Promise.resolve([{ name: "own", text: document(...statements) }]),
    attachedPolicies: none,
    groupPolicies: none,
    organizationPolicies: hidden("the organisation's policies"),
    simulateOrganization: hidden("SimulatePrincipalPolicy"),
  };
}

describe("what the policies say of daily work", () => {
  it("is said as far as it can be seen, and what cannot is named", async () => {
    const said = await detail({ policies: iam(all) }, "policy");
    expect(said).toMatch(
      /^the bucket has none; as far as it can be seen; allowed: PutObject, GetObject, DeleteObject, AbortMultipartUpload, ListBucket; not visible to the caller: service control policies/,
    );
  });

  it("is not certain of what hangs on an address alone", async () => {
    const Condition = { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
    const deny = { Effect: "Deny", Action: "s3:DeleteObject", Resource: "*", Condition };
    const said = await detail({ policies: iam(all, deny) }, "policy");
    expect(said).toContain("allowed: PutObject, GetObject, AbortMultipartUpload, ListBucket;");
    expect(said).toContain("not certain: DeleteObject");
  });

  it("is nothing where all of it hangs on what nobody knows", async () => {
    const Condition = { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
    const said = await detail({ policies: iam({ ...all, Condition }) }, "policy");
    expect(said).toMatch(/so what was tried above is all that counts$/);
  });

  it("goes by TLS as the endpoint has it", async () => {
    const Condition = { Bool: { "aws:SecureTransport": "false" } };
    const deny = { Effect: "Deny", Action: "s3:*", Resource: "*", Condition };
    const of = (endpointUrl: string) =>
      detail({ policies: iam(all, deny), place: { store: "s3", endpointUrl } }, "policy");
    expect(await of("http://store:9000")).toContain("denied by a statement: PutObject");
    expect(await of("https://store:9000")).toContain("allowed: PutObject");
  });
});

it("a lock-out is looked for in the partition of who asks", async () => {
  const arn = `arn:aws-us-gov:iam::${account}:user/ada`;
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:PutBucketPolicy" };
  const policy = document({ ...deny, Resource: "arn:aws-us-gov:s3:::lab" });
  const trial = {
    caller: { ...caller, arn },
    place: { store: "s3" },
    settings: { policy },
  } as const;
  expect(ids(await examineTrial(trial))).toEqual(["D61"]);
});

const denied = (how: string) =>
  refused(
    "GetBucketPolicy",
    `User: ${caller.arn} is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::lab" ${how}`,
  );

describe("a policy that may not be read", () => {
  it.each([
    ["with an explicit deny in a resource-based policy", ["D61"]],
    ["with an explicit deny in an identity-based policy", []],
    ["because no identity-based policy allows the s3:GetBucketPolicy action", []],
  ])("%s", async (how, found) => {
    expect(ids(await examineTrial({ settings: { policy: denied(how) } }))).toEqual(found);
  });

  const othersAlone = new StorageError("Unknown", "The specified method is not allowed", {
    status: 405,
    s3Code: "MethodNotAllowed",
    operation: "GetBucketPolicy",
  });

  it("as it is its owner's alone, is another account's where accounts are known", async () => {
    expect(ids(await examineTrial({ settings: { policy: othersAlone } }))).toEqual(["D57"]);
    const nobody = new StorageError("NotSupported", "no STS", { status: 501 });
    const without = { caller: nobody, settings: { policy: othersAlone } };
    expect(ids(await examineTrial(without))).toEqual([]);
  });

  it("leaves open whose the bucket is, where a refusal is judged", async () => {
    const store = quickStore();
    const words = `User: ${caller.arn} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::lab/a"`;
    store.failures.set("putObject", refused("PutObject", words));
    const Condition = { StringEquals: { "aws:ResourceAccount": account } };
    const deny = { Effect: "Deny", Action: "s3:PutObject", Resource: "*", Condition };
    const policies = iam(all, deny);
    const of = async (settings: object) =>
      (await examineTrial({ store, policies, settings })).findings[0]?.evidence.join("; ");
    expect(await of({})).toContain("s3:PutObject is denied by statement 2 of own");
    expect(await of({ policy: othersAlone })).toContain("do not decide it");
  });
});
