import type { HolderDescription, PolicyHolder, PolicySources } from "../core/policy-sources.ts";
import { reasonOf } from "../core/reading.ts";
import type { CallerLayers, NamedPolicy } from "../policy/access-layers.ts";
import { attachedPolicyKind } from "../policy/attached-policy-kind.ts";
import { compilePolicy } from "../policy/compile-policy.ts";
import { judgeOpen } from "../policy/judge-open.ts";
import { parseStoredPolicyOf } from "../policy/parse.ts";
import { contextOf, type KnownPrincipal, principalValue } from "../policy/request.ts";
import { isRefusal } from "./is-refusal.ts";
import { presetActions, type StatementScope } from "./policy-statements.ts";
import type { AccessPreset } from "./desired-state.ts";
import type { ResolvedPrincipal } from "./resolve-principals.ts";

/**
 * What the policies on a principal's own side say of a preset on a bucket, without the bucket's policy.
 * `all`: everything is allowed already, so that an Allow in the bucket's policy would have no effect.
 */
export type OwnAccess = { readonly preset: AccessPreset } & (
  | { readonly answer: "all"; readonly by: string }
  | { readonly answer: "not-all"; readonly lacks: string }
  | { readonly answer: "unknown"; readonly reason: string }
);

export interface OwnAccessQuestion extends StatementScope {
  readonly preset: AccessPreset;
  /** Of requests to come, such as `aws:SecureTransport`. */
  readonly context: ReadonlyMap<string, string>;
}

interface Asked {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * By IAM's simulator, else by reading the policies and the evaluator here; what neither may see is not
 * known. Throws Aborted alone.
 */
export async function findOwnAccess(
  policies: PolicySources,
  { arn, kind }: ResolvedPrincipal,
  question: OwnAccessQuestion,
): Promise<OwnAccess> {
  const { preset } = question;
  if (arn === undefined || (kind !== "role" && kind !== "user")) {
    return { preset, answer: "unknown", reason: "its ARN is not known" };
  }
  try {
    return { preset, ...(await bySimulator(policies, arn, question)) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  try {
    const holder = { kind, name: arn.slice(arn.lastIndexOf("/") + 1) };
    return { preset, ...(await byReading(policies, { arn, holder }, question)) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { preset, answer: "unknown", reason: reasonOf(error) };
  }
}

/** Any key stands for all keys, and so does one that no policy would name. */
function askedOf({ partition, bucket, preset }: OwnAccessQuestion): readonly Asked[] {
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const actions = presetActions(preset);
  return [
    { actions: actions.bucket, resources: [bucketArn] },
    { actions: actions.objects, resources: [`${bucketArn}/*`, `${bucketArn}/any/other key`] },
  ];
}

type Verdict =
  | { readonly answer: "all"; readonly by: string }
  | { readonly answer: "not-all"; readonly lacks: string }
  | { readonly answer: "unknown"; readonly reason: string };

async function bySimulator(
  policies: PolicySources,
  principalArn: string,
  question: OwnAccessQuestion,
): Promise<Verdict> {
  const { context } = question;
  let open: Verdict | undefined;
  for (const asked of askedOf(question)) {
    const results = await policies.simulateOwn({ principalArn, context, ...asked });
    for (const action of asked.actions) {
      const own = results.filter((result) => result.action === action);
      const keys = own.flatMap(({ missingKeys }) => missingKeys);
      if (keys.length > 0) {
        open ??= { answer: "unknown", reason: `${action} hangs on ${keys.join(", ")}` };
      } else if (own.length < asked.resources.length || own.some((each) => !each.isAllowed)) {
        return { answer: "not-all", lacks: action };
      }
    }
  }
  return open ?? { answer: "all", by: "IAM's simulator" };
}

interface Owner {
  readonly arn: string;
  readonly holder: PolicyHolder;
}

async function byReading(
  policies: PolicySources,
  { arn, holder }: Owner,
  question: OwnAccessQuestion,
): Promise<Verdict> {
  const described = await policies.describeHolder(holder);
  if (described?.arn !== arn) return { answer: "unknown", reason: `IAM knows no ${arn}` };
  const texts = [
    ...(await policies.inlinePolicies(holder)),
    ...(await policies.attachedPolicies(holder)),
    ...(holder.kind === "user" ? await policies.groupPolicies(holder.name) : []),
  ];
  const { boundaryArn } = described;
  const boundary =
    boundaryArn === undefined ? undefined : await policies.managedPolicy(boundaryArn);
  const caller = {
    identity: texts.map(named),
    ...(boundary !== undefined && { boundary: named(boundary) }),
  };
  return judgeAll(principalOf(holder, described), caller, question);
}

function principalOf({ kind }: PolicyHolder, { arn, id, tags }: HolderDescription): KnownPrincipal {
  const [, , , , accountId = ""] = arn.split(":");
  return {
    kind: kind === "role" ? "assumed-role" : "user",
    accountId,
    arn,
    principalArn: arn,
    // That of a session ends in its name, which is not known.
    userId: kind === "role" ? "" : id,
    tags,
  };
}

function judgeAll(
  principal: KnownPrincipal,
  caller: CallerLayers,
  question: OwnAccessQuestion,
): Verdict {
  const isOpenKey = (key: string) =>
    !question.context.has(key) && principalValue(principal, key) === undefined;
  const cases = askedOf(question).flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
  );
  for (const { action, resource } of cases) {
    const request = { principal, action, resource, context: contextOf(question.context) };
    const { outcome } = judgeOpen(
      { request, resourcePolicy: undefined, caller, sameAccount: true },
      { isOpenKey, unreadable: new Set() },
    );
    if (outcome === "unknown") {
      return { answer: "unknown", reason: `${action} hangs on a condition` };
    }
    if (outcome !== "allowed") return { answer: "not-all", lacks: action };
  }
  return { answer: "all", by: "a look at its policies" };
}

function named({ name, text }: { readonly name: string; readonly text: string }): NamedPolicy {
  const { policy } = parseStoredPolicyOf(attachedPolicyKind("identity"), text);
  return { name, policy: compilePolicy(policy) };
}
