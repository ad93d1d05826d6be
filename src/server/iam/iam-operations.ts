import type { IamOperations } from "./iam-call.ts";
import { accessKeyOperations } from "./operations/access-keys.ts";
import { accountOperations } from "./operations/account.ts";
import { attachedPolicyOperations } from "./operations/attached-policies.ts";
import { authorizationDetailsOperations } from "./operations/authorization-details.ts";
import { boundaryOperations } from "./operations/boundaries.ts";
import { emptyListOperations } from "./operations/empty-lists.ts";
import { groupOperations } from "./operations/groups.ts";
import { inlinePolicyOperations } from "./operations/inline-policies.ts";
import { oidcProviderOperations } from "./operations/oidc-providers.ts";
import { policyOperations } from "./operations/policies.ts";
import { policyVersionOperations } from "./operations/policy-versions.ts";
import { roleOperations } from "./operations/roles.ts";
import { simulateOperations } from "./operations/simulate.ts";
import { tagOperations } from "./operations/tags.ts";
import { userOperations } from "./operations/users.ts";

/** By the value of `Action`. Source: IAM API Reference. */
export const iamOperations: IamOperations = {
  ...userOperations,
  ...groupOperations,
  ...roleOperations,
  ...accessKeyOperations,
  ...inlinePolicyOperations,
  ...attachedPolicyOperations,
  ...policyOperations,
  ...policyVersionOperations,
  ...boundaryOperations,
  ...tagOperations,
  ...simulateOperations,
  ...accountOperations,
  ...authorizationDetailsOperations,
  ...emptyListOperations,
  ...oidcProviderOperations,
};
