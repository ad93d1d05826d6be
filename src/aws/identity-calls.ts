import type { BucketAdmin } from "../core/bucket-admin.ts";
import { StorageError } from "../core/errors.ts";
import { adminError, readAnswer } from "./answer-error.ts";
import type { SdkConnection } from "./sdk-connection.ts";

/** Who is asking, and what IAM knows of a role. */
export function identityCalls(
  connection: SdkConnection,
): Pick<BucketAdmin, "getCallerIdentity" | "getRole"> {
  return {
    async getCallerIdentity() {
      const operation = "GetCallerIdentity";
      try {
        const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
        const client = await connection.sts();
        const { Account, Arn, UserId } = await client.send(new GetCallerIdentityCommand({}));
        if (Account === undefined || Arn === undefined || UserId === undefined) {
          throw noSts(undefined);
        }
        return { accountId: Account, arn: Arn, userId: UserId };
      } catch (error) {
        const mapped = adminError(error, { operation });
        if (connection.isForeign && readAnswer(error) !== undefined && !isAboutKeys(mapped)) {
          throw noSts(mapped);
        }
        throw mapped;
      }
    },

    async getRole(roleName) {
      try {
        const { GetRoleCommand } = await import("@aws-sdk/client-iam");
        const client = await connection.iam();
        const { Role } = await client.send(new GetRoleCommand({ RoleName: roleName }));
        if (Role?.Arn === undefined || Role.RoleId === undefined) return undefined;
        return { arn: Role.Arn, roleId: Role.RoleId };
      } catch (error) {
        const answer = readAnswer(error);
        if (answer?.code === "NoSuchEntity" || answer?.code === "NoSuchEntityException") {
          return undefined;
        }
        const mapped = adminError(error, { operation: "GetRole" });
        // A store without IAM answers in many ways; only a refusal for want of rights is IAM's.
        const hasNoIam = connection.isForeign && answer !== undefined;
        if (hasNoIam && mapped.code !== "PermissionDenied") return undefined;
        throw mapped;
      }
    },
  };
}

function isAboutKeys({ code }: StorageError): boolean {
  return code === "Unauthenticated" || code === "PermissionDenied";
}

function noSts(cause: StorageError | undefined): StorageError {
  return new StorageError("NotSupported", "The store has no STS to say who is asking.", {
    operation: "GetCallerIdentity",
    cause,
    remedy: "Name account and role yourself; stores other than AWS seldom have STS.",
  });
}
