import { element, type XmlNode } from "../../../protocol/xml/render.ts";
import type { Tag } from "../../../core/bucket-settings.ts";
import { StorageError } from "../../../core/errors.ts";
import { QueryError } from "../../aws-query/query-error.ts";
import type { QueryInput } from "../../aws-query/query-input.ts";
import { issuerName } from "../../iam/iam-records.ts";
import type { ResolvedRole } from "../../identities/identities.ts";
import { decideOnRole, findRoleByArn, type RoleRequest } from "../assumable-role.ts";
import { durationOf, furtherElements, readRoleSeconds, roleSession } from "../assume-role.ts";
import { issueSession } from "../issue-session.ts";
import { assertSessionPolicies, packedSize, readSessionPolicies } from "../session-limits.ts";
import { assertSessionTags, type SessionTags } from "../session-tags.ts";
import type { StsServices } from "../sts-call.ts";
import { stsRules } from "../sts-rules.ts";
import type { OidcProvider, OidcProviders } from "./oidc-providers.ts";
import { parseWebToken, verifyWebToken, type WebIdentity } from "./web-token.ts";

export interface WebIdentityCall extends StsServices {
  readonly input: QueryInput;
  readonly oidcProviders: OidcProviders;
}

/** Keys of a role for who has a token of an issuer. Needs no signature. Throws QueryError. */
export async function assumeRoleWithWebIdentity(
  call: WebIdentityCall,
): Promise<readonly XmlNode[]> {
  const { input, identities, now } = call;
  const roleArn = input.required("RoleArn", stsRules.arn);
  const sessionName = input.required("RoleSessionName", stsRules.roleSessionName);
  const text = input.required("WebIdentityToken", stsRules.webIdentityToken);
  const policies = readSessionPolicies(input);
  const seconds = readRoleSeconds(call);
  input.assertSound();
  const token = parseWebToken(text);
  const role = findRoleByArn(identities, roleArn);
  const [, partition = "", , , accountId = ""] = roleArn.split(":");
  const provider = await findProvider(call, accountId, token.issuer);
  const identity = verifyWebToken(token, provider, now);
  const providerArn = `arn:${partition}:iam::${accountId}:oidc-provider/${hostOf(provider)}`;
  const tags = tagsOf(identity);
  assertSessionTags(tags);
  const sourceIdentity = sourceIdentityOf(identity);
  const conditionKeys = conditionKeysOf(provider, identity, providerArn);
  const request = { sessionName, seconds, tags, sourceIdentity };
  const federation = new Map(
    Object.entries(conditionKeys).map(([key, value]) => [key.toLowerCase(), [value]]),
  );
  const trusted = assertTrusted(call, role, { ...request, federation }, providerArn);
  assertSessionPolicies(policies, accountId, identities);
  const packed = packedSize(policies, tags.tags);
  const { name, id } = trusted.role;
  const issued = issueSession(
    call,
    {
      accountId,
      principal: { kind: "role", name, id, session: sessionName },
      ...policies,
      ...tags,
      conditionKeys,
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
    durationOf(trusted, seconds, false),
  );
  return [
    ...roleSession(trusted, issued),
    element("SubjectFromWebIdentityToken", identity.subject),
    element("Audience", identity.audience),
    element("Provider", provider.issuer),
    ...furtherElements(packed, sourceIdentity),
  ];
}

async function findProvider(
  { oidcProviders }: WebIdentityCall,
  accountId: string,
  issuer: string,
): Promise<OidcProvider> {
  let provider: OidcProvider | undefined;
  try {
    provider = await oidcProviders.find(accountId, issuer);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new QueryError("IDPCommunicationError", error.message);
  }
  if (provider !== undefined) return provider;
  throw new QueryError(
    "InvalidIdentityToken",
    `No OpenIDConnect provider found in your account for ${issuer}`,
  );
}

/** Only the trust policy decides: a web identity has no policies of its own. */
function assertTrusted(
  call: WebIdentityCall,
  role: ResolvedRole | undefined,
  request: Omit<RoleRequest, "role">,
  federation: string,
): ResolvedRole {
  const actions = [
    "AssumeRoleWithWebIdentity",
    ...(request.tags.tags.length > 0 ? ["TagSession"] : []),
    ...(request.sourceIdentity === undefined ? [] : ["SetSourceIdentity"]),
  ];
  for (const action of actions) {
    const decision =
      role && decideOnRole(call, { kind: "anonymous", federation }, action, { ...request, role });
    if (decision?.outcome === "allowed") continue;
    throw new QueryError("AccessDenied", `Not authorized to perform sts:${action}`, 403);
  }
  if (role === undefined) throw new QueryError("AccessDenied", "Not authorized", 403);
  return role;
}

function hostOf({ issuer }: OidcProvider): string {
  return issuerName(issuer);
}

function conditionKeysOf(
  provider: OidcProvider,
  { subject, audience, claims }: WebIdentity,
  providerArn: string,
): Readonly<Record<string, string>> {
  const host = hostOf(provider);
  const { azp, aud } = claims;
  return {
    "aws:FederatedProvider": providerArn,
    [`${host}:sub`]: subject,
    [`${host}:aud`]: audience,
    ...(typeof azp === "string" && typeof aud === "string" && { [`${host}:oaud`]: aud }),
  };
}

/** Source: IAM User Guide, "Pass session tags using AssumeRoleWithWebIdentity". */
function tagsOf({ claims }: WebIdentity): SessionTags {
  const given = objectOf(claims["https://aws.amazon.com/tags"]);
  const tags: Tag[] = Object.entries(objectOf(given["principal_tags"])).map(([Key, value]) => ({
    Key,
    Value: String(Array.isArray(value) ? value[0] : value),
  }));
  const keys = given["transitive_tag_keys"];
  return { tags, transitiveTagKeys: Array.isArray(keys) ? keys.map(String) : [] };
}

function sourceIdentityOf({ claims }: WebIdentity): string | undefined {
  const value = claims["https://aws.amazon.com/source_identity"];
  return typeof value === "string" ? value : undefined;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
