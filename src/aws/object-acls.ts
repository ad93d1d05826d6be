import type { ObjectAcls } from "../core/object-acls.ts";
import { adminError } from "./answer-error.ts";
import { type ConnectionOptions, SdkConnection } from "./sdk-connection.ts";

/** The ACLs of one bucket's objects, by the SDK. `expectedBucketOwner`: twelve digits. */
export function createObjectAcls(
  options: ConnectionOptions,
  bucket: string,
  expectedBucketOwner: string | undefined,
): ObjectAcls {
  const connection = new SdkConnection(options);
  return {
    read: async (key) => {
      const { GetObjectAclCommand } = await import("@aws-sdk/client-s3");
      const client = await connection.s3();
      try {
        const { Owner, Grants = [] } = await client.send(
          new GetObjectAclCommand({
            Bucket: bucket,
            Key: key,
            ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
          }),
        );
        const grants = Grants.map(({ Grantee, Permission }) => ({
          grantee: Grantee?.URI ?? Grantee?.ID ?? "",
          permission: Permission ?? "",
        }));
        return { ownerId: Owner?.ID ?? "", grants };
      } catch (error) {
        throw adminError(error, { operation: "GetObjectAcl", bucket });
      }
    },
    close: () => connection.close(),
  };
}
