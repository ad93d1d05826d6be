import { S3Error } from "../../protocol/s3-error.ts";
import { child, childrenNamed, childText, parseXml } from "../../protocol/xml/parse.ts";

/**
 * Whether an `AccessControlPolicy` document says what holds anyway: the owner has FULL_CONTROL and
 * nobody else has anything. S3 takes that much even where ACLs are off; s3cmd sends it after a copy.
 * Throws S3Error MalformedACLError for another document.
 */
export function grantsOwnerOnly(bytes: Uint8Array, ownerId: string): boolean {
  const root = parseXml(bytes);
  const list = child(root, "AccessControlList");
  if (root.name !== "AccessControlPolicy" || list === undefined) {
    throw new S3Error("MalformedACLError");
  }
  const grants = childrenNamed(list, "Grant");
  return (
    grants.length > 0 &&
    grants.every((grant) => {
      const grantee = child(grant, "Grantee");
      const id = grantee === undefined ? undefined : childText(grantee, "ID");
      return id === ownerId && childText(grant, "Permission") === "FULL_CONTROL";
    })
  );
}
