import { textsOf } from "../known-role-arn.ts";
import { accessStatements, ownSids } from "../policy-statements.ts";
import type { ExportedSetup, PolicyDocument } from "./exported-setup.ts";

/** Documents for an administrator, by file name. */
export function exportPolicies(setup: ExportedSetup): Readonly<Record<string, unknown>> {
  const { policy, lifecycle, encryption, publicAccessBlock, ownership } = setup.documents;
  return {
    ...(policy !== undefined && { "bucket-policy.json": policy }),
    ...(lifecycle !== undefined && { "lifecycle.json": { Rules: lifecycle.Rules } }),
    ...(encryption !== undefined && { "encryption.json": encryption }),
    ...(publicAccessBlock !== undefined && { "public-access-block.json": publicAccessBlock }),
    ...(ownership !== undefined && {
      "ownership-controls.json": { Rules: [{ ObjectOwnership: ownership }] },
    }),
    "permission-set-inline-policy.json": inlinePolicy(setup),
    "key-policy-statement.json": keyStatement(setup),
  };
}

/** The same access by an identity policy: of a permission set, a role or a user. */
function inlinePolicy(setup: ExportedSetup): PolicyDocument {
  const found = ownAccess(setup);
  const statements = found.length > 0 ? found : accessStatements(setup, "read-write", nobody);
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ Sid, Action, Resource }) => ({
      Sid,
      Effect: "Allow",
      Action,
      Resource,
    })),
  };
}

const nobody = { Principal: "" };

/**
 * For the policy of a key under which old objects still are: reading them through S3 alone, for those
 * whom the bucket's policy names.
 */
function keyStatement(setup: ExportedSetup): Readonly<Record<string, unknown>> {
  const { accountId, region, partition } = setup;
  const [statement] = ownAccess(setup);
  const named = accountsIn(statement);
  const accounts = named.length > 0 ? named : [accountId ?? "ACCOUNT-ID"];
  const roots = accounts.map((account) => `arn:${partition}:iam::${account}:root`);
  const isNamed = statement?.["Principal"] !== undefined && statement["Principal"] !== "*";
  const condition = (statement?.["Condition"] ?? {}) as Readonly<Record<string, object>>;
  const via = ["aws", "aws-us-gov"].includes(partition)
    ? { "kms:ViaService": `s3.${region}.amazonaws.com` }
    : {};
  return {
    Sid: "SmsStorageDecrypt",
    Effect: "Allow",
    Principal: isNamed ? statement["Principal"] : { AWS: single(roots) },
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: {
      ...condition,
      StringEquals: {
        ...condition["StringEquals"],
        ...via,
        ...((accountId !== undefined || named.length > 0) && {
          "kms:CallerAccount": single(accounts),
        }),
      },
    },
  };
}

/** Of those who are named, who need not be of the bucket's account. */
function accountsIn(statement: PolicyDocument["Statement"][number] | undefined): string[] {
  const { Principal, Condition } = statement ?? {};
  const condition = Condition as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const texts = textsOf([Principal, condition?.["StringEquals"]?.["aws:PrincipalAccount"]]);
  const accounts = texts.map(
    (text) => /^(?:arn:[^:]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(text)?.[1],
  );
  return [...new Set(accounts.filter((account) => account !== undefined))];
}

function single(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] ?? []) : values;
}

function ownAccess({ documents }: ExportedSetup): PolicyDocument["Statement"] {
  const sids: ReadonlySet<unknown> = new Set([ownSids.bucket, ownSids.objects]);
  return documents.policy?.Statement.filter(({ Sid }) => sids.has(Sid)) ?? [];
}
