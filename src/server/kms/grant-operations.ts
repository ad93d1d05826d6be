import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { ContextLookup } from "../../policy/request.ts";
import { anyOf, oneKey } from "../iam/iam-call.ts";
import { assertUsable, isNamed } from "./judge-key.ts";
import {
  type GrantOperation,
  grantOperations,
  type GrantRecord,
  keyArn,
  type KeyRecord,
} from "./key-record.ts";
import {
  type Answer,
  judge,
  type KmsCall,
  type KmsOperation,
  namedKey,
  page,
  permitted,
} from "./kms-call.ts";
import { invalid, notFound } from "./kms-error.ts";

/** Permissions beside the key policy. */
export const grantOperationTable: Readonly<Record<string, KmsOperation>> = {
  CreateGrant: async (call) => {
    const key = namedKey(call);
    const asked = newGrant(call);
    judge(call, key, "CreateGrant", {
      context: asked.equals ?? asked.subset ?? {},
      conditionKeys: grantKeys(call, asked),
      isCovered: (grant) => isWithin(grant, asked),
    });
    assertUsable(key);
    const known = call.keys.grants(key).find((grant) => isRepeated(grant, asked));
    const grant = known ?? asked;
    if (known === undefined) await call.keys.addGrant(key, grant);
    return { GrantId: grant.id, GrantToken: Buffer.from(grant.id).toString("base64") };
  },
  ListGrants: (call) => {
    const key = permitted(call, "ListGrants");
    return page(
      call,
      "Grants",
      call.keys.grants(key).map((grant) => describeGrant(call, key, grant)),
    );
  },
  RevokeGrant: async (call) => {
    const key = permitted(call, "RevokeGrant");
    await call.keys.removeGrant(key, call.input.required("GrantId"));
    return {};
  },
  RetireGrant: async (call) => {
    const { input, keys, caller } = call;
    const key = namedKey(call);
    const id = input.required("GrantId");
    const grant = keys.grants(key).find((one) => one.id === id);
    if (grant === undefined) throw notFound(`Grant ID ${id} not found`);
    const mayRetire = isNamed(grant.retiringPrincipal, caller);
    // A grant of this operation is one to retire itself.
    if (!mayRetire) judge(call, key, "RetireGrant", { isCovered: (one) => one.id === id });
    await keys.removeGrant(key, id);
    return {};
  },
};

function newGrant({ input, caller, now, keys }: KmsCall): GrantRecord {
  const kept = (arn: string): string => keys.identities.idOfPrincipal(arn) ?? arn;
  const operations = input.texts("Operations");
  const known: ReadonlySet<string> = new Set(grantOperations);
  if (operations.length === 0 || !operations.every((one) => known.has(one))) {
    throw invalid(`Operations must be some of ${grantOperations.join(", ")}.`);
  }
  const retiringPrincipal = input.text("RetiringPrincipal");
  const name = input.text("Name");
  const equals = input.constraint("Equals");
  const subset = input.constraint("Subset");
  return {
    id: randomBytes(32).toString("hex"),
    granteePrincipal: kept(input.required("GranteePrincipal")),
    operations: operations as readonly GrantOperation[],
    createdAt: now.getTime(),
    issuingAccount: caller.accountId,
    ...(retiringPrincipal !== undefined && { retiringPrincipal: kept(retiringPrincipal) }),
    ...(name !== undefined && { name }),
    ...(equals !== undefined && { equals }),
    ...(subset !== undefined && { subset }),
  };
}

/** Who was granted CreateGrant hands on what was granted along with it, and nothing else. */
function isWithin(own: GrantRecord, asked: GrantRecord): boolean {
  const { equals, subset, operations } = own;
  if (!asked.operations.every((one) => operations.includes(one))) return false;
  if (equals !== undefined && !isDeepStrictEqual(asked.equals, equals)) return false;
  const bound = Object.entries({ ...asked.subset, ...asked.equals });
  return Object.entries(subset ?? {}).every((pair) =>
    bound.some((one) => isDeepStrictEqual(one, pair)),
  );
}

/** Source: Service Authorization Reference, "Condition keys for AWS Key Management Service". */
function grantKeys({ input }: KmsCall, { equals, subset, operations }: GrantRecord): ContextLookup {
  const types = [
    ...(equals === undefined ? [] : ["EncryptionContextEquals"]),
    ...(subset === undefined ? [] : ["EncryptionContextSubset"]),
  ];
  return anyOf(
    (key) => (key === "kms:grantoperations" ? operations : undefined),
    (key) => (key === "kms:grantconstrainttype" && types.length > 0 ? types : undefined),
    oneKey("kms:granteeprincipal", input.text("GranteePrincipal")),
    oneKey("kms:retiringprincipal", input.text("RetiringPrincipal")),
  );
}

/** Whoever names a grant can ask for it again without getting another. Source: CreateGrant. */
function isRepeated(known: GrantRecord, asked: GrantRecord): boolean {
  if (asked.name === undefined) return false;
  const { id, createdAt } = known;
  return isDeepStrictEqual(known, { ...asked, id, createdAt });
}

function describeGrant({ keys }: KmsCall, key: KeyRecord, grant: GrantRecord): Answer {
  const shown = (principal: string): string => keys.identities.arnOfId(principal) ?? principal;
  const { equals, subset, retiringPrincipal } = grant;
  return {
    KeyId: keyArn(key),
    GrantId: grant.id,
    Name: grant.name ?? "",
    CreationDate: grant.createdAt / 1000,
    GranteePrincipal: shown(grant.granteePrincipal),
    ...(retiringPrincipal !== undefined && { RetiringPrincipal: shown(retiringPrincipal) }),
    IssuingAccount: `arn:${key.partition}:iam::${grant.issuingAccount}:root`,
    Operations: grant.operations,
    ...((equals ?? subset) !== undefined && {
      Constraints: {
        ...(equals !== undefined && { EncryptionContextEquals: equals }),
        ...(subset !== undefined && { EncryptionContextSubset: subset }),
      },
    }),
  };
}
