import type { ObjectHead } from "../../core/object-store.ts";
import { sameEtag } from "../../core/same-etag.ts";

/** What tells one object under a key from the next. */
export type ObjectIdentity = Pick<ObjectHead, "sizeBytes" | "etag" | "lastModified">;

/** Without ETags, as some gateways are, size and time have to do. */
export function isSameObject(found: ObjectIdentity, head: ObjectIdentity): boolean {
  if (found.sizeBytes !== head.sizeBytes) return false;
  if (found.etag !== "" || head.etag !== "") return sameEtag(found.etag, head.etag);
  return found.lastModified.getTime() === head.lastModified.getTime();
}
