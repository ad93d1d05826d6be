import { actionsOfPattern } from "../../policy/actions.ts";
import { compileTokens, tokensOf } from "../../policy/wildcard.ts";
import { error, type Finding, type Path } from "./finding.ts";
import type { PolicyAim } from "./policy-type.ts";

/**
 * S3's actions that are not about one bucket, without their `s3:`. Source: Service Authorization
 * Reference, "Actions, resources, and condition keys for Amazon S3".
 */
const accountActions = `
  AssociateAccessGrantsIdentityCenter CreateAccessGrant CreateAccessGrantsInstance
  CreateAccessGrantsLocation CreateAccessPoint CreateAccessPointForObjectLambda CreateJob
  CreateMultiRegionAccessPoint CreateStorageLensGroup DeleteAccessGrant DeleteAccessGrantsInstance
  DeleteAccessGrantsInstanceResourcePolicy DeleteAccessGrantsLocation DeleteAccessPoint
  DeleteAccessPointForObjectLambda DeleteAccessPointPolicy DeleteAccessPointPolicyForObjectLambda
  DeleteJobTagging DeleteMultiRegionAccessPoint DeleteStorageLensConfiguration
  DeleteStorageLensConfigurationTagging DeleteStorageLensGroup DescribeJob
  DescribeMultiRegionAccessPointOperation DissociateAccessGrantsIdentityCenter GetAccessGrant
  GetAccessGrantsInstance GetAccessGrantsInstanceForPrefix GetAccessGrantsInstanceResourcePolicy
  GetAccessGrantsLocation GetAccessPoint GetAccessPointConfigurationForObjectLambda
  GetAccessPointForObjectLambda GetAccessPointPolicy GetAccessPointPolicyForObjectLambda
  GetAccessPointPolicyStatus GetAccessPointPolicyStatusForObjectLambda GetAccountPublicAccessBlock
  GetDataAccess GetJobTagging GetMultiRegionAccessPoint GetMultiRegionAccessPointPolicy
  GetMultiRegionAccessPointPolicyStatus GetMultiRegionAccessPointRoutes GetStorageLensConfiguration
  GetStorageLensConfigurationTagging GetStorageLensDashboard GetStorageLensGroup ListAccessGrants
  ListAccessGrantsInstances ListAccessGrantsLocations ListAccessPoints
  ListAccessPointsForObjectLambda ListAllMyBuckets ListCallerAccessGrants ListJobs
  ListMultiRegionAccessPoints ListStorageLensConfigurations ListStorageLensGroups
  PutAccessGrantsInstanceResourcePolicy PutAccessPointConfigurationForObjectLambda
  PutAccessPointPolicy PutAccessPointPolicyForObjectLambda PutAccessPointPublicAccessBlock
  PutAccountPublicAccessBlock PutJobTagging PutMultiRegionAccessPointPolicy
  PutStorageLensConfiguration PutStorageLensConfigurationTagging SubmitMultiRegionAccessPointRoutes
  UpdateAccessGrantsLocation UpdateJobPriority UpdateJobStatus UpdateStorageLensGroup
`
  .trim()
  .toLowerCase()
  .split(/\s+/)
  .map((name) => `s3:${name}`);

export function validateAction(
  action: string,
  path: Path,
  { isBucketPolicy }: PolicyAim,
): Finding[] {
  if (action === "*") return [];
  const service = /^([a-z0-9-]+):\S+$/i.exec(action)?.[1]?.toLowerCase();
  if (service === undefined) {
    const why = `The action ${action} does not exist. Begin it with its service, as in s3:GetObject.`;
    return [error("INVALID_ACTION", why, path)];
  }
  if (isBucketPolicy && service !== "s3") return [foreign(action, path)];
  // Of other services this server does not have the actions.
  if (service !== "s3" || actionsOfPattern(action).size > 0) return [];
  const matches = compileTokens(tokensOf(action.toLowerCase()));
  const isAccounts = accountActions.some((name) => matches(name));
  if (isAccounts) return isBucketPolicy ? [foreign(action, path)] : [];
  return [error("INVALID_ACTION", `The action ${action} does not exist.`, path)];
}

function foreign(action: string, path: Path): Finding {
  const why = `The action ${action} is not supported for the resource-based policy attached to the resource type AWS::S3::Bucket.`;
  return error("UNSUPPORTED_ACTION_IN_POLICY", why, path);
}
