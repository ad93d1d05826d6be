import { QueryError } from "../aws-query/query-error.ts";
import type { RecordReader } from "../../engine/records.ts";
import type { ContextLookup } from "../../policy/request.ts";
import { entityKinds } from "./entity-kinds.ts";
import { iamArn, parseIamArn } from "./iam-arn.ts";
import { type IamCall, judge } from "./iam-call.ts";
import { noSuchEntity } from "./iam-error.ts";
import { iamTables, nameKey, type PolicyRecord } from "./iam-records.ts";
import { findManagedPolicy } from "./managed-policies.ts";
import { assertPolicyArn } from "./policy-arn.ts";

/** A managed policy of the account or of AWS, where the caller may do the operation on it. */
export function permittedAny(call: IamCall, action: string, keys?: ContextLookup): PolicyRecord {
  const { directory, account, input } = call;
  const arn = input.sized("PolicyArn", 2048);
  const { accountId } = assertPolicyArn(call, arn);
  const there = findPolicy(directory.records, account.id, arn);
  judge(call, action, { arn, words: `policy ${arn}`, tags: there?.tags ?? [] }, keys);
  const isVisible = accountId === "aws" || accountId === account.id;
  if (there === undefined || !isVisible) throw noSuchEntity(`Policy ${arn} was not found.`);
  return there;
}

/** As `permittedAny`, for what cannot be done to the policies of AWS. */
export function permittedPolicy(call: IamCall, action: string, keys?: ContextLookup): PolicyRecord {
  const policy = permittedAny(call, action, keys);
  if (policy.accountId === call.account.id) return policy;
  throw new QueryError("AccessDenied", "Cannot perform this operation on a policy of AWS.", 403);
}

export async function changePolicy(
  { directory, account }: IamCall,
  { name }: PolicyRecord,
  edit: (policy: PolicyRecord) => PolicyRecord,
): Promise<PolicyRecord> {
  return await directory.update((records) => {
    const there = iamTables.policies.get(records, nameKey(account.id, name));
    if (there === undefined) {
      const arn = iamArn(account, "policy", { path: "/", name });
      throw noSuchEntity(`Policy ${arn} was not found.`);
    }
    const edited = edit(there);
    iamTables.policies.put(records, nameKey(account.id, name), edited);
    return edited;
  });
}

function findPolicy(
  records: RecordReader,
  accountId: string,
  arn: string,
): PolicyRecord | undefined {
  const ofAws = findManagedPolicy(arn);
  if (ofAws !== undefined) return recordOfAws(ofAws);
  const parsed = parseIamArn(arn);
  if (parsed?.accountId !== accountId) return undefined;
  const found = iamTables.policies.get(records, nameKey(accountId, parsed.name));
  return found?.name === parsed.name && found.path === parsed.path ? found : undefined;
}

/** When AWS first had managed policies. */
const managedSince = Date.UTC(2015, 1, 6, 18, 40);

export function recordOfAws(policy: ReturnType<typeof findManagedPolicy> & object): PolicyRecord {
  const { name, path, id, description, document } = policy;
  return {
    accountId: "aws",
    name,
    path,
    id,
    description,
    createdAt: managedSince,
    updatedAt: managedSince,
    versions: [{ id: "v1", document, createdAt: managedSince }],
    defaultVersionId: "v1",
    tags: [],
  };
}

/** How often an account uses a policy. */
export interface PolicyUse {
  readonly attached: number;
  readonly boundaries: number;
}

function count(counts: Map<string, number>, arn: string): void {
  counts.set(arn, (counts.get(arn) ?? 0) + 1);
}

/** Of all its policies in one look at its users, groups and roles; by ARN. */
export function policyUses(
  records: RecordReader,
  accountId: string,
): { readonly policies: number; readonly of: (arn: string) => PolicyUse } {
  const attached = new Map<string, number>();
  const boundaries = new Map<string, number>();
  for (const { table } of entityKinds) {
    for (const row of table.list(records, `${accountId}/`)) {
      for (const arn of row.attached) count(attached, arn);
      if ("boundary" in row && row.boundary !== undefined) count(boundaries, row.boundary);
    }
  }
  return {
    policies: new Set([...attached.keys(), ...boundaries.keys()]).size,
    of: (arn) => ({ attached: attached.get(arn) ?? 0, boundaries: boundaries.get(arn) ?? 0 }),
  };
}

/** Of AWS's own too. */
export function arnOfPolicy({ account }: IamCall, policy: PolicyRecord): string {
  return iamArn({ ...account, id: policy.accountId }, "policy", policy);
}
