import type { Tag } from "../../core/bucket-settings.ts";
import { uriEncode } from "../../protocol/query.ts";
import { element, optionalElement, type XmlNode } from "../../protocol/xml/render.ts";
import { iamArn } from "./iam-arn.ts";
import type { IamCall } from "./iam-call.ts";
import type { GroupRecord, PolicyRecord, RoleRecord, UserRecord } from "./iam-records.ts";
import { memberList } from "./page.ts";

type Address = IamCall["account"];

export function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** As IAM sends documents: percent-encoded. */
export function documentText(document: string): string {
  return uriEncode(document);
}

/** Without what only a question for this very user is answered with. */
export function userFields(account: Address, user: UserRecord): XmlNode[] {
  return [
    element("Path", user.path),
    element("UserName", user.name),
    element("UserId", user.id),
    element("Arn", iamArn(account, "user", user)),
    element("CreateDate", dateOf(user.createdAt)),
  ];
}

export function groupFields(account: Address, group: GroupRecord): XmlNode[] {
  return [
    element("Path", group.path),
    element("GroupName", group.name),
    element("GroupId", group.id),
    element("Arn", iamArn(account, "group", group)),
    element("CreateDate", dateOf(group.createdAt)),
  ];
}

/** `trustPolicy`: as it is shown. */
export function roleFields(account: Address, role: RoleRecord, trustPolicy: string): XmlNode[] {
  return [
    element("Path", role.path),
    element("RoleName", role.name),
    element("RoleId", role.id),
    element("Arn", iamArn(account, "role", role)),
    element("CreateDate", dateOf(role.createdAt)),
    element("AssumeRolePolicyDocument", documentText(trustPolicy)),
    ...present(optionalElement("Description", role.description)),
    element("MaxSessionDuration", role.maxSessionSeconds),
  ];
}

export function policyFields(
  account: Address,
  policy: PolicyRecord,
  counts: { readonly attached: number; readonly boundaries: number },
): XmlNode[] {
  return [
    element("PolicyName", policy.name),
    element("PolicyId", policy.id),
    element("Arn", iamArn(account, "policy", policy)),
    element("Path", policy.path),
    element("DefaultVersionId", policy.defaultVersionId),
    element("AttachmentCount", counts.attached),
    element("PermissionsBoundaryUsageCount", counts.boundaries),
    element("IsAttachable", true),
    element("CreateDate", dateOf(policy.createdAt)),
    element("UpdateDate", dateOf(policy.updatedAt)),
  ];
}

/** Of a user or role asked for by itself. */
export function extras({ boundary, tags }: UserRecord | RoleRecord): XmlNode[] {
  return [
    ...present(
      boundary === undefined
        ? undefined
        : element(
            "PermissionsBoundary",
            element("PermissionsBoundaryType", "Policy"),
            element("PermissionsBoundaryArn", boundary),
          ),
    ),
    ...tagFields(tags),
  ];
}

export function tagFields(tags: readonly Tag[]): XmlNode[] {
  return tags.length === 0 ? [] : [tagList(tags)];
}

export function tagList(tags: readonly Tag[]): XmlNode {
  return memberList(
    "Tags",
    tags.map(({ Key, Value }) => [element("Key", Key), element("Value", Value)]),
  );
}

export function present(node: XmlNode | undefined): XmlNode[] {
  return node === undefined ? [] : [node];
}
