import { findPartition, partitionOfRegion } from "../../core/partition.ts";
import { type AccessExplanation, explainAccess, type Pass } from "../explain/explain-access.ts";
import { type AccessWish, gatherAccess } from "../explain/gather-access.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import type { DoctorSources } from "./layer.ts";
import type { Symptom } from "./symptom.ts";

/** An action on a key of the bucket, or on the bucket itself where the key is empty. */
export interface AskedAccess {
  readonly action: string;
  readonly key: string;
}

/**
 * What the policies that the caller can read say of actions of its own: bucket, identity, boundary and
 * key policies, as `explain` evaluates them; those of the organisation that it cannot see are only named.
 * All are read once, for the first action. None for a store without accounts. Throws what keeps it from
 * asking.
 */
export async function judgeAccess(
  asked: readonly [AskedAccess, ...AskedAccess[]],
  sources: DoctorSources,
  facts: DoctorFacts,
): Promise<readonly AccessExplanation[]> {
  const { bucket, caller, region, partition, endpointUrl, policyRefusal } = facts;
  if (bucket === undefined || caller === undefined) return [];
  const isSecure = endpointUrl?.startsWith("http://") !== true;
  const context = new Map([["aws:securetransport", String(isSecure)]]);
  const wishes = asked.map((each): AccessWish => ({
    ...each,
    bucket,
    as: undefined,
    context,
    sessionPolicy: undefined,
  }));
  const [first] = wishes;
  if (first === undefined) return [];
  const isOthers = policyRefusal?.code === "MethodNotAllowed";
  const access = await gatherAccess(first, {
    admin: await sources.admin(),
    services: await sources.services(),
    policies: await sources.policies(),
    store: await sources.store(),
    caller,
    owner: isOthers ? undefined : caller.accountId,
    region,
    partition,
  });
  const place = {
    region,
    partition: findPartition(region)?.id ?? partition,
    dnsSuffix: partitionOfRegion(region).dnsSuffix,
    now: sources.now(),
  };
  // Hardly anybody sees those of the organisation: left open, they would leave all else unsaid.
  const ofOrganization = access.unseen.filter(({ layer }) => layer?.endsWith("-control") === true);
  const own = access.unseen.filter((each) => !ofOrganization.includes(each));
  return wishes.map((wish) => {
    const explained = explainAccess(wish, { ...access, unseen: own }, place);
    return { ...explained, unseen: [...explained.unseen, ...ofOrganization] };
  });
}

/** What was refused, as a question to the policies; undefined: it is not known what that was. */
export function askedBy({ denial, operation }: Symptom): AskedAccess | undefined {
  if (denial === undefined) return undefined;
  const { action = "", resource = "" } = denial;
  const key = /^arn:[^:]*:s3:::[^/]+\/(.+)$/s.exec(resource)?.[1] ?? "";
  if (action.startsWith("s3:")) return { action, key };
  const [, taken] = actionsOfCalls.find(([pattern]) => pattern.test(operation ?? "")) ?? [];
  return taken === undefined ? undefined : { action: taken, key };
}

const actionsOfCalls: readonly (readonly [RegExp, string])[] = [
  [/^(?:Get|Head)Object$/, "s3:GetObject"],
  [/^(?:PutObject|CreateMultipartUpload|UploadPart|CompleteMultipartUpload)$/, "s3:PutObject"],
  [/^DeleteObjects?$/, "s3:DeleteObject"],
  [/^(?:HeadBucket|ListObjects(?:V2)?)$/, "s3:ListBucket"],
];

/** What decided, a line for each; for evidence. */
export function decisionLines({ outcome, passes, unseen }: AccessExplanation): readonly string[] {
  const decided = passes.flatMap(linesOf);
  const names = [...new Set(unseen.map(({ what }) => what))].join(", ");
  const hidden = names === "" ? [] : [`not visible to the caller: ${names}`];
  if (decided.length > 0) return [...decided, ...hidden];
  const words =
    outcome === "allowed"
      ? "all policies that the caller can read allow it"
      : "the policies that the caller can read do not decide it";
  return [words, ...hidden];
}

function linesOf({ action, outcome, layer, decided, nearestMiss }: Pass): string[] {
  if (outcome === "explicitDeny") {
    return decided.map(({ statement, policy, conditions }) => {
      const when = conditions.length === 0 ? "" : `, where ${conditions.join(" and ")}`;
      return `${action} is denied by ${statement} of ${policy}${when}`;
    });
  }
  if (outcome !== "implicitDeny") return [];
  const where = layer === undefined ? "" : ` (${layer})`;
  const line = `nothing allows ${action}${where}`;
  if (nearestMiss === undefined) return [line];
  const { statement, policy, failed } = nearestMiss;
  const why = failed.map(({ element, detail }) => `${element}: ${detail}`).join("; ");
  return [`${line}; ${statement} of ${policy} comes nearest, but for its ${why}`];
}
