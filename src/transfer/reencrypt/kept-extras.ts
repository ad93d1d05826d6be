import type { ObjectAcl } from "../../core/object-acls.ts";
import type { CopiedExtras } from "../../core/object-extras.ts";
import type { ObjectHead } from "../../core/object-store.ts";

/**
 * What a copy onto the object itself has to say again, since S3 takes none of it over. A retention that
 * has ended is left out: S3 takes no time that is past.
 */
export function keptExtras(head: ObjectHead, acl: ObjectAcl | undefined, now: Date): CopiedExtras {
  const { websiteRedirect, lockMode, lockedUntil, legalHold } = head;
  const isLocked = lockedUntil !== undefined && new Date(lockedUntil) > now;
  const grants = acl === undefined ? {} : grantsOf(acl);
  return {
    ...(websiteRedirect !== undefined && { websiteRedirect }),
    ...(isLocked && lockMode !== undefined && { lockMode, lockedUntil }),
    ...(legalHold !== undefined && { legalHold }),
    ...(Object.keys(grants).length > 0 && { grants }),
  };
}

/** `full-control` -> `id="...", uri="..."`. None for what every new object has: all to its owner. */
function grantsOf({ ownerId, grants }: ObjectAcl): Record<string, string> {
  const [only, another] = grants;
  const isUsual = only?.grantee === ownerId && only.permission === "FULL_CONTROL";
  if (isUsual && another === undefined) return {};
  const headers: Record<string, string> = {};
  for (const { grantee, permission } of grants) {
    const name = permission.toLowerCase().replaceAll("_", "-");
    const text = `${/^https?:/.test(grantee) ? "uri" : "id"}="${grantee}"`;
    headers[name] = headers[name] === undefined ? text : `${headers[name]}, ${text}`;
  }
  return headers;
}
