import { accountId } from "./test-identities.ts";

export const otherAccountId = "210987654321";
export const issuerUrl = "https://issuer.test";

const statement = (...Action: readonly string[]) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*" }],
});

const assign = (user: string, permissionSet: string) => ({
  user,
  account: accountId,
  permissionSet,
});

/** People of the portal, each with something of their own, and a role for web identities. */
export function ssoWorld(jwksFile: string): unknown {
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/issuer.test` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { "issuer.test:sub": "job-7" } },
      },
    ],
  };
  return {
    version: 1,
    accounts: {
      [accountId]: {
        alias: "research",
        oidcProviders: { [issuerUrl]: { jwksFile } },
        roles: { Job: { trust, policies: { list: statement("s3:ListAllMyBuckets") } } },
      },
      [otherAccountId]: {},
    },
    sso: {
      permissionSets: {
        Scientist: { policy: statement("s3:*") },
        Reader: { policy: statement("s3:List*", "s3:Get*") },
      },
      users: {
        ada: { approval: "automatic" },
        eve: { approval: "denied" },
        late: { approval: "automatic", sessions: "expired" },
        gone: { approval: "automatic", sessions: "revoked" },
        paul: {},
      },
      assignments: [
        assign("ada", "Scientist"),
        assign("ada", "Reader"),
        assign("late", "Reader"),
        assign("gone", "Reader"),
        assign("paul", "Reader"),
      ],
    },
  };
}
