import { issueSession } from "../sts/issue-session.ts";
import type { SsoCall, SsoOperation } from "./sso-call.ts";
import type { SsoAssignment } from "./sso-directory.ts";
import { invalidRequest, json, SsoError } from "./sso-error.ts";
import type { SsoSession } from "./sso-tokens.ts";

export const bearerHeader = "x-amz-sso_bearer_token";

interface SignedIn {
  readonly session: SsoSession;
  readonly assignments: readonly SsoAssignment[];
}

/** Accounts in which the user has a role. */
export const listAccounts: SsoOperation = (call) => {
  const { assignments } = signedIn(call);
  const ids = [...new Set(assignments.map(({ accountId }) => accountId))].sort();
  const accounts = ids.map((accountId) => ({
    accountId,
    accountName: call.portal.directory.accountName(accountId),
    // Programs show it; there is no mail here.
    emailAddress: `aws+${accountId}@example.com`,
  }));
  return page(call, "accountList", accounts);
};

export const listAccountRoles: SsoOperation = (call) => {
  const accountId = required(call, "account_id");
  const roles = inAccount(signedIn(call), accountId);
  const list = roles.map(({ permissionSet }) => ({ roleName: permissionSet, accountId }));
  return page(call, "roleList", list);
};

/** Keys of the role that a permission set has become in an account. */
export const getRoleCredentials: SsoOperation = (call) => {
  const { identities, sessionTokens, randomBytes, now, requestId } = call;
  const accountId = required(call, "account_id");
  const wanted = required(call, "role_name");
  const user = signedIn(call);
  const assigned = inAccount(user, accountId).find(({ permissionSet }) => permissionSet === wanted);
  const role = assigned && identities.findRole(accountId, assigned.roleName);
  if (assigned === undefined || role === undefined) throw noAccess();
  const { name, id } = role.role;
  const principal = { kind: "role", name, id, session: user.session.user } as const;
  const { grant, sessionToken } = issueSession(
    { tokens: sessionTokens, now, randomBytes },
    // Sessions of the portal say nothing of MFA.
    { accountId, principal, conditionKeys: {} },
    assigned.sessionSeconds,
  );
  const { accessKeyId, secretAccessKey, expiresAt } = grant;
  return json(200, requestId, {
    roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration: expiresAt },
  });
};

export const logout: SsoOperation = async (call) => {
  const { portal, now, requestId } = call;
  const session = portal.tokens.openAccess(call.headers.get(bearerHeader) ?? "", now);
  if (session === undefined) throw unauthorized();
  await portal.tokens.revoke(session, now);
  return json(200, requestId, {});
};

function signedIn({ portal, headers, now }: SsoCall): SignedIn {
  const session = portal.tokens.openAccess(headers.get(bearerHeader) ?? "", now);
  const user = session && portal.directory.findUser(session.user);
  if (session === undefined || user?.sessions !== "valid") throw unauthorized();
  return { session, assignments: portal.directory.assignments(user) };
}

function inAccount({ assignments }: SignedIn, accountId: string): readonly SsoAssignment[] {
  const found = assignments.filter((assignment) => assignment.accountId === accountId);
  if (found.length === 0) throw noAccess();
  return found;
}

function required({ query }: SsoCall, name: string): string {
  const value = query.get(name);
  if (value === undefined || value === "") throw invalidRequest(`${name} is missing.`);
  return value;
}

const defaultPage = 20;

function page(call: SsoCall, name: string, all: readonly object[]) {
  const start = Number(call.query.get("next_token") ?? "0");
  const size = Number(call.query.get("max_result") ?? defaultPage);
  const isSound = Number.isSafeInteger(start) && start >= 0 && size >= 1 && size <= 100;
  if (!isSound) throw invalidRequest("next_token or max_result is not valid.");
  const end = start + size;
  const more = end < all.length ? { nextToken: String(end) } : {};
  return json(200, call.requestId, { ...more, [name]: all.slice(start, end) });
}

function unauthorized(): SsoError {
  return new SsoError("UnauthorizedException", "Session token not found or invalid", 401);
}

function noAccess(): SsoError {
  return new SsoError("ForbiddenException", "No access", 403);
}
