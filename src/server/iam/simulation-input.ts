import { iamLimits } from "../../core/iam-limits.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { ContextLookup, KnownPrincipal } from "../../policy/request.ts";
import { QueryError } from "../aws-query/query-error.ts";
import { findPolicyDocument } from "./caller-layers.ts";
import {
  type EntityKind,
  entityKinds,
  type EntityRecord,
  permitted,
  tagsOf,
} from "./entity-kinds.ts";
import { iamArn, parseIamArn } from "./iam-arn.ts";
import type { IamCall } from "./iam-call.ts";
import { invalidValue, unfitValue } from "./iam-error.ts";
import { iamTables, nameKey, type PolicyHolder } from "./iam-records.ts";
import { policyNameOf } from "./policy-arn.ts";
import { namesOfKeys, type SimulatedPolicy, type Simulation } from "./simulation.ts";

/** A simulation, and what it is asked. */
export interface Asked {
  readonly simulation: Simulation;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Of policies that are given alone. Throws QueryError InvalidInput, ValidationError. */
export function customSimulation(call: IamCall): Asked {
  const { account, input } = call;
  if (input.text("ResourcePolicy") !== undefined && input.text("CallerArn") === undefined) {
    const text = "A CallerArn must be provided when a ResourcePolicy is provided.";
    throw new QueryError("InvalidInput", text);
  }
  const anybody = iamArn(account, "user", { path: "/", name: "simulated" });
  return asked(call, {
    principal: principalOf(call, input.text("CallerArn") ?? anybody),
    identity: customPolicies(call),
    boundary: givenBoundary(call),
    serviceControl: undefined,
  });
}

/** Of a user, group or role, with what is given beside. Throws QueryError AccessDenied too. */
export function principalSimulation(call: IamCall, action: string): Asked {
  const { input, directory, account } = call;
  const { kind, row, arn } = sourceOf(call, action);
  const boundary =
    "boundary" in row && row.boundary !== undefined ? boundaryOf(call, row.boundary) : undefined;
  const principal = principalOf(call, input.text("CallerArn") ?? arn);
  // Not all roles are limited as the account is.
  const limited =
    kind === "role" ? directory.findRole(account.id, row.name) : directory.findRoot(account.id);
  return asked(call, {
    principal: kind === "group" ? principal : { ...principal, userId: row.id, tags: tagsOf(row) },
    identity: [...policiesOf(call, kind, row), ...customPolicies(call)],
    boundary: givenBoundary(call) ?? boundary,
    serviceControl: limited?.layers.serviceControl,
  });
}

/** The policies of the user, group or role that a call names. */
export function sourcePolicies(call: IamCall, action: string): readonly SimulatedPolicy[] {
  const { kind, row } = sourceOf(call, action);
  return policiesOf(call, kind, row);
}

export function customPolicies({ input }: IamCall): readonly SimulatedPolicy[] {
  return input
    .list("PolicyInputList")
    .map((document, index) => given(`PolicyInputList.${index + 1}`, "IAM Policy", document));
}

/** Every condition key that the policies ask for, once. */
export function contextKeysOf(policies: readonly SimulatedPolicy[]): readonly string[] {
  const names = policies.flatMap(({ policy }) => policy.statements.flatMap(namesOfKeys));
  return [...new Set(names)];
}

function asked(
  call: IamCall,
  parts: Pick<Simulation, "principal" | "identity" | "boundary" | "serviceControl">,
): Asked {
  const { input } = call;
  const actions = input.list("ActionNames");
  if (actions.length === 0) throw unfitValue("ActionNames", "not be null");
  const wrong = actions.find((action) => !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action));
  if (wrong !== undefined) throw new QueryError("InvalidInput", `Invalid action name: ${wrong}`);
  const named = input.list("ResourceArns");
  assertCount("ActionNames", actions, iamLimits.simulatedActions);
  assertCount("ResourceArns", named, iamLimits.simulatedResources);
  const document = input.text("ResourcePolicy");
  const owner = input.text("ResourceOwner");
  const ownerId = owner === undefined ? undefined : (/\d{12}/.exec(owner)?.[0] ?? "");
  return {
    actions,
    resources: named.length === 0 ? ["*"] : named,
    simulation: {
      ...parts,
      resourcePolicy:
        document === undefined ? undefined : given("ResourcePolicy", "Resource Policy", document),
      sameAccount: ownerId === undefined || ownerId === parts.principal.accountId,
      context: contextIn(call),
    },
  };
}

function assertCount(name: string, values: readonly string[], most: number): void {
  if (values.length > most) throw unfitValue(name, `have length less than or equal to ${most}`);
}

/** The context entries of a call; the time is known without. */
function contextIn({ input, now }: IamCall): ContextLookup {
  const time = new Date(now).toISOString();
  const values = new Map<string, readonly string[]>([
    ["aws:currenttime", [time]],
    ["aws:epochtime", [String(Math.floor(now / 1000))]],
  ]);
  for (const entry of input.members("ContextEntries", "ContextKeyName")) {
    const key = input.required(`${entry}.ContextKeyName`).toLowerCase();
    values.set(key, input.list(`${entry}.ContextKeyValues`));
  }
  return (key) => values.get(key);
}

function givenBoundary({ input }: IamCall): SimulatedPolicy | undefined {
  const name = "PermissionsBoundaryPolicyInputList";
  const documents = input.list(name);
  const [document] = documents;
  assertCount(name, documents, 1);
  return document === undefined
    ? undefined
    : given(`${name}.1`, "Permissions Boundary Policy", document);
}

/** Resource policies of any service: nothing but their form is checked. */
function given(name: string, type: SimulatedPolicy["type"], document: string): SimulatedPolicy {
  const kind = type === "Resource Policy" ? "vpc-endpoint" : "identity";
  try {
    const options = { maximumBytes: iamLimits.documentCharacters };
    const parsed = parsePolicyOf(attachedPolicyKind(kind, options), document);
    return { name, type, document, policy: compilePolicy(parsed) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new QueryError("InvalidInput", `${name}: ${error.message}`);
  }
}

interface Source {
  readonly kind: EntityKind["kind"];
  readonly row: EntityRecord;
  readonly arn: string;
}

function sourceOf(call: IamCall, action: string): Source {
  const arn = call.input.required("PolicySourceArn");
  const parsed = parseIamArn(arn);
  const kind = entityKinds.find((one) => one.kind === parsed?.kind);
  if (parsed === undefined || kind === undefined || parsed.accountId !== call.account.id) {
    throw new QueryError(
      "InvalidInput",
      `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
    );
  }
  return { kind: kind.kind, row: permitted(call, kind, action, { name: parsed.name }), arn };
}

function policiesOf(
  { directory, account }: IamCall,
  kind: EntityKind["kind"],
  row: EntityRecord,
): readonly SimulatedPolicy[] {
  const groups = "groups" in row ? row.groups : [];
  const memberships = groups.flatMap(
    (name) => iamTables.groups.get(directory.records, nameKey(account.id, name)) ?? [],
  );
  const holders: readonly (readonly [string, PolicyHolder & { readonly name: string }])[] = [
    [kind, row],
    ...memberships.map((group) => ["group", group] as const),
  ];
  return holders.flatMap(([label, holder]) => [
    ...Object.entries(holder.inline).map(([name, document]) =>
      kept(directory, `${label}_${holder.name}_${name}`, "IAM Policy", document),
    ),
    ...holder.attached.flatMap((arn) => {
      const document = findPolicyDocument(directory.records, arn);
      if (document === undefined) return [];
      return [kept(directory, policyNameOf(arn), "IAM Policy", document)];
    }),
  ]);
}

function boundaryOf({ directory }: IamCall, arn: string): SimulatedPolicy {
  const document = findPolicyDocument(directory.records, arn);
  const type = "Permissions Boundary Policy";
  if (document !== undefined) return kept(directory, policyNameOf(arn), type, document);
  return { name: policyNameOf(arn), type, document: "{}", policy: directory.documents.nothing };
}

function kept(
  { documents }: IamCall["directory"],
  name: string,
  type: SimulatedPolicy["type"],
  document: string,
): SimulatedPolicy {
  return { name, type, document, policy: documents.compiled("identity", document) };
}

/** Whom a simulation is about, by ARN. */
function principalOf({ account }: IamCall, arn: string): KnownPrincipal {
  const [, accountId = account.id, kind] = /^arn:[^:]+:[a-z]+::(\d{12}):([a-z-]+)/.exec(arn) ?? [];
  if (kind === undefined) throw invalidValue(`Invalid CallerArn: ${arn}`);
  const common = { accountId, arn, principalArn: arn, userId: "" };
  if (kind === "role" || kind === "assumed-role") return { ...common, kind: "assumed-role" };
  return { ...common, kind: kind === "root" ? "root" : "user" };
}
