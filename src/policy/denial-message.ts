import type { LayerName } from "./access-layers.ts";
import type { AccessQuestion, Combined } from "./combine-layers.ts";

/** As AWS calls the layers in its texts. */
export const layerWords: Readonly<Record<LayerName, string>> = {
  "resource-control": "resource control policy",
  "service-control": "service control policy",
  "vpc-endpoint": "VPC endpoint policy",
  resource: "resource-based policy",
  identity: "identity-based policy",
  boundary: "permissions boundary",
  session: "session policy",
};

/**
 * AWS's text of AccessDenied. Callers of other organisations, and those without a name, are told
 * nothing. Source: IAM User Guide, "Troubleshoot access denied error messages".
 */
export function denialMessage(
  { request, sameAccount, sameOrganization }: AccessQuestion,
  denial: Exclude<Combined, { outcome: "allowed" }>,
): string {
  const { principal, action, resource } = request;
  const isTold = principal.kind !== "anonymous" && (sameAccount || sameOrganization === true);
  if (!isTold || denial.layer === "public-access-block") return "Access Denied";
  const words = layerWords[denial.layer];
  const reason =
    denial.outcome === "implicitDeny"
      ? `because no ${words} allows the ${action} action`
      : `with an explicit deny in ${denial.layer === "identity" ? "an" : "a"} ${words}`;
  const isOfAllBuckets = /^arn:[^:]+:s3:::\*$/.test(resource);
  const where = isOfAllBuckets ? "" : `on resource: "${resource}" `;
  return `User: ${principal.arn} is not authorized to perform: ${action} ${where}${reason}`;
}
