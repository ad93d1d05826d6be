import { element } from "../../../protocol/xml/render.ts";
import { permitted, roleKind, userKind } from "../entity-kinds.ts";
import { type IamOperations, judge } from "../iam-call.ts";
import { noSuchEntity } from "../iam-error.ts";
import { userNameOf } from "./users.ts";

/**
 * Things of IAM that this server never has, and after which tools ask before they delete a user or role:
 * passwords, devices, certificates, instance profiles.
 */
export const emptyListOperations: IamOperations = {
  ...Object.fromEntries(
    [
      ["ListMFADevices", "MFADevices"],
      ["ListSigningCertificates", "Certificates"],
      ["ListSSHPublicKeys", "SSHPublicKeys"],
    ].map(([name = "", list = ""]) => [name, listOfUser(name, list)]),
  ),
  ListServiceSpecificCredentials: (call) => {
    permitted(call, userKind, "ListServiceSpecificCredentials", { name: userNameOf(call) });
    return [element("ServiceSpecificCredentials")];
  },
  ListInstanceProfilesForRole: (call) => {
    permitted(call, roleKind, "ListInstanceProfilesForRole");
    return [element("InstanceProfiles"), element("IsTruncated", false)];
  },
  ListInstanceProfiles: (call) => {
    const { partition, id } = call.account;
    judge(call, "ListInstanceProfiles", { arn: `arn:${partition}:iam::${id}:instance-profile/` });
    return [element("InstanceProfiles"), element("IsTruncated", false)];
  },
  ...Object.fromEntries(
    ["GetLoginProfile", "DeleteLoginProfile"].map((name) => [name, loginProfile(name)]),
  ),
};

function listOfUser(name: string, list: string): IamOperations[string] {
  return (call) => {
    permitted(call, userKind, name, { name: userNameOf(call) });
    return [element(list), element("IsTruncated", false)];
  };
}

function loginProfile(name: string): IamOperations[string] {
  return (call) => {
    const user = permitted(call, userKind, name);
    throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
  };
}
