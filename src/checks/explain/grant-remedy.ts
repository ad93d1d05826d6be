import type { LayerName } from "../../policy/access-layers.ts";
import type { Remedy } from "../finding.ts";

/** What an Allow is missing for. */
export interface MissingGrant {
  /** Where; `trust`: who may assume a role. */
  readonly layer: LayerName | "trust";
  /** ARN of the caller; undefined: anonymous, or not known. */
  readonly principal: string | undefined;
  readonly action: string;
  /** ARN; undefined: not known. */
  readonly resource: string | undefined;
}

/** The statement that would allow it, and who puts it where. */
export function grantRemedy(grant: MissingGrant): Remedy {
  const { layer } = grant;
  if (layer === "resource" || layer === "trust") return ofResource(grant);
  const statements = [statementOf(grant)];
  if (layer === "identity") return { ...placeOfIdentity(grant), statements };
  return { ...limits[layer], statements };
}

/** Policies that only limit: an Allow there gives nothing by itself. */
const limits: Readonly<
  Record<Exclude<LayerName, "resource" | "identity">, Pick<Remedy, "text" | "by">>
> = {
  boundary: {
    text: "Raise the permissions boundary: add this statement to the policy that it names.",
    by: "administrator",
  },
  session: {
    text:
      "The policy that was handed over when the session was made allows less: assume the role again " +
      "with this statement in it, or without a session policy.",
    by: "you",
  },
  "service-control": {
    text: "An administrator of the organisation adds this statement to the service control policy.",
    by: "organization",
  },
  "resource-control": {
    text: "An administrator of the organisation adds this statement to the resource control policy.",
    by: "organization",
  },
  "vpc-endpoint": {
    text: "Whoever runs the network adds this statement to the policy of the VPC endpoint, or the request takes another way.",
    by: "administrator",
  },
};

function statementOf({ action, resource = "*" }: MissingGrant) {
  return { Effect: "Allow", Action: actionsOf(action), Resource: resource };
}

/** An upload in parts reads what it wrote, so a right to write alone fails with large files. */
function actionsOf(action: string): string | readonly string[] {
  return /^kms:GenerateDataKey/i.test(action) ? [action, "kms:Decrypt"] : action;
}

/** Source: IAM Identity Center User Guide, "Permission sets": their roles can be changed by it alone. */
function placeOfIdentity({ principal = "" }: MissingGrant): Pick<Remedy, "text" | "by"> {
  const by = "administrator";
  const permissionSet = permissionSetOf(principal);
  if (permissionSet !== undefined) {
    return {
      text:
        `Add this statement to the permission set ${permissionSet} and provision it again. Its role ` +
        "AWSReservedSSO_... itself is protected.",
      by,
    };
  }
  const role = roleNameOf(principal);
  if (role !== undefined)
    return { text: `Add this statement to a policy of the role ${role}.`, by };
  const user = /:user\/(?:.*\/)?([^/]+)$/.exec(principal)?.[1];
  const whom = user === undefined ? "the caller" : `the user ${user}, or of a group of theirs`;
  return { text: `Add this statement to a policy of ${whom}.`, by };
}

function ofResource(grant: MissingGrant): Remedy {
  const { action, resource, layer } = grant;
  const principal = namedPrincipal(grant.principal);
  if (layer === "trust") {
    return {
      text: "Add this statement to the trust policy of the role.",
      statements: [{ Effect: "Allow", Principal: principal, Action: action }],
      by: "administrator",
    };
  }
  if (action.startsWith("kms:")) {
    return {
      text:
        "Add this statement to the policy of the key. If the caller is of another account, its own " +
        "policies have to allow it as well.",
      statements: [
        { Effect: "Allow", Principal: principal, Action: actionsOf(action), Resource: "*" },
      ],
      by: "administrator",
    };
  }
  return {
    text:
      "Add this statement to the bucket's policy. If the caller is of another account, its own " +
      "policies have to allow it as well.",
    statements: [{ ...statementOf({ ...grant, resource }), Principal: principal }],
    by: "administrator",
  };
}

/** A session is named by its role: S3 stores no pattern for sessions, and a session's ARN is one person's. */
function namedPrincipal(arn: string | undefined): unknown {
  if (arn === undefined) return "*";
  const session = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn);
  const [, partition, account, role = ""] = session ?? [];
  if (session === null) return { AWS: arn };
  return { AWS: `arn:${partition}:iam::${account}:role/${pathOf(role)}${role}` };
}

/** Of permission sets the role's path is known but for its region, which an administrator sees in IAM. */
function pathOf(role: string): string {
  return role.startsWith("AWSReservedSSO_") ? "aws-reserved/sso.amazonaws.com/" : "";
}

function permissionSetOf(arn: string): string | undefined {
  return /[/]AWSReservedSSO_(.+)_[0-9a-f]{16}(?:\/|$)/.exec(arn)?.[1];
}

function roleNameOf(arn: string): string | undefined {
  return /:assumed-role\/([^/]+)\//.exec(arn)?.[1] ?? /:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
}
