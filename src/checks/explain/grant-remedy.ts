import type { LayerName } from "../../policy/access-layers.ts";
import { lastingPrincipal, permissionSetOf } from "../../policy/lasting-principal.ts";
import type { Remedy } from "../finding.ts";

/** What an Allow is missing for. */
export interface MissingGrant {
  /** Where; `trust`: who may assume a role. */
  readonly layer: LayerName | "trust";
  /** ARN of the caller; undefined: not known. */
  readonly principal: string | undefined;
  /** Whether the ARN of a role or user has its path. Default true. */
  readonly isPathKnown?: boolean;
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
  const role = roleNameOf(principal);
  const permissionSet = role === undefined ? undefined : permissionSetOf(role);
  if (permissionSet !== undefined) {
    return {
      text:
        `Add this statement to the permission set ${permissionSet} and provision it again. Its role ` +
        "AWSReservedSSO_... itself is protected.",
      by,
    };
  }
  if (role !== undefined)
    return { text: `Add this statement to a policy of the role ${role}.`, by };
  const user = /:user\/(?:.*\/)?([^/]+)$/.exec(principal)?.[1];
  const whom = user === undefined ? "the caller" : `the user ${user}, or of a group of theirs`;
  return { text: `Add this statement to a policy of ${whom}.`, by };
}

function ofResource(grant: MissingGrant): Remedy {
  const { action, resource, layer } = grant;
  const { named, note } = namedCaller(grant);
  const by = "administrator";
  if (layer === "trust") {
    return {
      text: `Add this statement to the trust policy of the role.${note}`,
      statements: [{ Effect: "Allow", Action: action, ...named }],
      by,
    };
  }
  const isKey = action.startsWith("kms:");
  const others =
    note === ""
      ? " If the caller is of another account, its own policies have to allow it as well."
      : note;
  return {
    text: `Add this statement to the ${isKey ? "policy of the key" : "bucket's policy"}.${others}`,
    statements: [{ ...statementOf({ ...grant, resource: isKey ? "*" : resource }), ...named }],
    by,
  };
}

/** A session is named by its role: S3 stores no pattern for sessions, and a session's ARN is one person's. */
function namedCaller({ principal, isPathKnown }: MissingGrant) {
  if (principal === undefined) return { named: { Principal: { AWS: "CALLER_ARN" } }, note: "" };
  const named = lastingPrincipal(principal, isPathKnown);
  const note =
    named.Condition === undefined
      ? ""
      : " It names the caller by patterns within the account, since the path in its ARN is not known; its " +
        "own policies have to allow it as well.";
  return { named, note };
}

function roleNameOf(arn: string): string | undefined {
  return /:assumed-role\/([^/]+)\//.exec(arn)?.[1] ?? /:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
}
