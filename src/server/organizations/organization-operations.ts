import { JsonError } from "../aws-json/json-error.ts";
import type { JsonInput } from "../aws-json/json-input.ts";
import type {
  OrganizationNode,
  OrganizationPolicy,
  OrganizationTree,
} from "./organization-tree.ts";

type Answer = Readonly<Record<string, unknown>>;

export interface OrganizationOperation {
  /** Whoever is of a member account may call it; the others are the administrators' alone. Default false. */
  readonly forMembers?: true;
  answer(tree: OrganizationTree, input: JsonInput): Answer;
}

/** What reads an organisation. Source: Organizations API reference. */
export const organizationOperations: Readonly<Record<string, OrganizationOperation>> = {
  DescribeOrganization: {
    forMembers: true,
    answer: (tree) => ({
      Organization: {
        Id: tree.id,
        Arn: tree.arn,
        FeatureSet: "ALL",
        MasterAccountArn: tree.managementArn,
        MasterAccountId: tree.managementAccountId,
        AvailablePolicyTypes: policyTypes,
      },
    }),
  },
  ListRoots: {
    answer: ({ nodes }, input) =>
      paged(
        input,
        "Roots",
        nodes
          .filter(({ kind }) => kind === "ROOT")
          .map((node) => ({ ...named(node), PolicyTypes: policyTypes })),
      ),
  },
  ListParents: {
    answer: ({ nodes }, input) => {
      const child = nodes.find(({ id }) => id === required(input, "ChildId"));
      if (child?.parent === undefined) throw notFound("ChildNotFoundException", "ChildId");
      return { Parents: [{ Id: child.parent.id, Type: child.parent.kind }] };
    },
  },
  ListChildren: {
    answer: (tree, input) => {
      const type = required(input, "ChildType");
      if (type !== "ACCOUNT" && type !== "ORGANIZATIONAL_UNIT") throw invalid("ChildType");
      const found = childrenOf(tree, input).filter(({ kind }) => kind === type);
      return paged(
        input,
        "Children",
        found.map(({ id }) => ({ Id: id, Type: type })),
      );
    },
  },
  ListOrganizationalUnitsForParent: {
    answer: (tree, input) => {
      const units = childrenOf(tree, input).filter(({ kind }) => kind === "ORGANIZATIONAL_UNIT");
      return paged(input, "OrganizationalUnits", units.map(named));
    },
  },
  ListAccountsForParent: {
    answer: (tree, input) => {
      const accounts = childrenOf(tree, input).filter(({ kind }) => kind === "ACCOUNT");
      return paged(input, "Accounts", accounts.map(account));
    },
  },
  ListAccounts: {
    answer: ({ nodes }, input) =>
      paged(input, "Accounts", nodes.filter(({ kind }) => kind === "ACCOUNT").map(account)),
  },
  DescribeAccount: {
    answer: ({ nodes }, input) => {
      const id = required(input, "AccountId");
      const found = nodes.find((node) => node.kind === "ACCOUNT" && node.id === id);
      if (found === undefined) throw notFound("AccountNotFoundException", "AccountId");
      return { Account: account(found) };
    },
  },
  DescribeOrganizationalUnit: {
    answer: ({ nodes }, input) => {
      const id = required(input, "OrganizationalUnitId");
      const found = nodes.find((node) => node.kind === "ORGANIZATIONAL_UNIT" && node.id === id);
      if (found === undefined) {
        throw notFound("OrganizationalUnitNotFoundException", "OrganizationalUnitId");
      }
      return { OrganizationalUnit: named(found) };
    },
  },
  ListPolicies: {
    answer: ({ policies }, input) => paged(input, "Policies", ofType(policies, input).map(summary)),
  },
  ListPoliciesForTarget: {
    answer: ({ nodes }, input) => {
      const target = nodes.find(({ id }) => id === required(input, "TargetId"));
      const type = ofType([], input);
      if (target === undefined) throw notFound("TargetNotFoundException", "TargetId");
      return paged(input, "Policies", [...type, ...ofType(target.policies, input)].map(summary));
    },
  },
  ListTargetsForPolicy: {
    answer: (tree, input) => {
      const { id } = policyOf(tree, input);
      const targets = tree.nodes.filter(({ policies }) => policies.some((each) => each.id === id));
      return paged(
        input,
        "Targets",
        targets.map((node) => ({
          TargetId: node.id,
          Arn: node.arn,
          Name: node.name,
          Type: node.kind,
        })),
      );
    },
  },
  DescribePolicy: {
    answer: (tree, input) => {
      const policy = policyOf(tree, input);
      return { Policy: { PolicySummary: summary(policy), Content: policy.document } };
    },
  },
};

const policyTypes = [
  { Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" },
  { Type: "RESOURCE_CONTROL_POLICY", Status: "ENABLED" },
];

/** Of kinds that this server has none of. */
const otherTypes: ReadonlySet<string> = new Set([
  "AISERVICES_OPT_OUT_POLICY",
  "BACKUP_POLICY",
  "CHATBOT_POLICY",
  "DECLARATIVE_POLICY_EC2",
  "S3_POLICY",
  "SECURITYHUB_POLICY",
  "TAG_POLICY",
]);

function ofType(policies: readonly OrganizationPolicy[], input: JsonInput): OrganizationPolicy[] {
  const filter = required(input, "Filter");
  const isKnown = policyTypes.some(({ Type }) => Type === filter) || otherTypes.has(filter);
  if (!isKnown) throw invalid("Filter");
  return policies.filter(({ type }) => type === filter);
}

function policyOf({ policies }: OrganizationTree, input: JsonInput): OrganizationPolicy {
  const id = required(input, "PolicyId");
  const found = policies.find((each) => each.id === id);
  if (found === undefined) throw notFound("PolicyNotFoundException", "PolicyId");
  return found;
}

function childrenOf({ nodes }: OrganizationTree, input: JsonInput): readonly OrganizationNode[] {
  const parent = nodes.find(({ id }) => id === required(input, "ParentId"));
  if (parent === undefined || parent.kind === "ACCOUNT") {
    throw notFound("ParentNotFoundException", "ParentId");
  }
  return nodes.filter((node) => node.parent === parent);
}

function named({ id, arn, name }: OrganizationNode): Answer {
  return { Id: id, Arn: arn, Name: name };
}

function account(node: OrganizationNode): Answer {
  return { ...named(node), Status: "ACTIVE", State: "ACTIVE", JoinedMethod: "CREATED" };
}

function summary({ id, arn, name, type, awsManaged }: OrganizationPolicy): Answer {
  const Description = awsManaged ? "Allows access to every operation" : "";
  return { Id: id, Arn: arn, Name: name, Description, Type: type, AwsManaged: awsManaged };
}

/** Source: Organizations API reference, "MaxResults". */
const mostResults = 20;

function paged(input: JsonInput, name: string, all: readonly unknown[]): Answer {
  const count = input.whole("MaxResults", 1, mostResults) ?? mostResults;
  const token = input.text("NextToken") ?? "0";
  const from = /^\d{1,9}$/.test(token) ? Number(token) : undefined;
  if (from === undefined || from > all.length) throw invalid("NextToken");
  const next = from + count;
  return {
    [name]: all.slice(from, next),
    ...(next < all.length && { NextToken: String(next) }),
  };
}

function required(input: JsonInput, name: string): string {
  const value = input.text(name);
  if (value !== undefined && value !== "") return value;
  throw new JsonError(
    "InvalidInputException",
    `You provided a value that does not match the required pattern: ${name} is missing.`,
  );
}

function invalid(name: string): JsonError {
  return new JsonError(
    "InvalidInputException",
    `You specified an invalid value: ${name} is none that there is.`,
  );
}

function notFound(code: string, name: string): JsonError {
  return new JsonError(code, `You specified a value that doesn't exist: ${name}.`);
}
