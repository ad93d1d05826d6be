import type { QueryError } from "../../aws-query/query-error.ts";
import { iamLimits } from "../../../core/iam-limits.ts";
import { element, type XmlNode } from "../../../protocol/xml/render.ts";
import type { IamCall, IamOperations } from "../iam-call.ts";
import { deleteConflict, limitExceeded, noSuchEntity, unfitValue } from "../iam-error.ts";
import type { PolicyRecord } from "../iam-records.ts";
import { arnOfPolicy, changePolicy, permittedAny, permittedPolicy } from "../managed-policy.ts";
import { memberList, pageOf } from "../page.ts";
import { documentParameter } from "../policy-parameter.ts";
import { dateOf, documentText } from "../render-entities.ts";
import { assertManagedDocument } from "./policies.ts";

export const policyVersionOperations: IamOperations = {
  CreatePolicyVersion: async (call) => {
    const document = documentParameter(call);
    const policy = permittedPolicy(call, "CreatePolicyVersion");
    assertManagedDocument(document);
    const isDefault = call.input.flag("SetAsDefault");
    const changed = await changePolicy(call, policy, (there) => {
      if (there.versions.length >= iamLimits.policyVersions) {
        throw limitExceeded(
          `A managed policy can have up to ${iamLimits.policyVersions} versions. Before you create ` +
            "a new version, you must delete an existing version.",
        );
      }
      const id = `v${(there.latest ?? there.versions.length) + 1}`;
      return {
        ...there,
        latest: Number(id.slice(1)),
        versions: [...there.versions, { id, document, createdAt: call.now }],
        defaultVersionId: isDefault ? id : there.defaultVersionId,
        updatedAt: call.now,
      };
    });
    const made = changed.versions.at(-1);
    return made === undefined ? [] : [element("PolicyVersion", versionFields(changed, made))];
  },

  GetPolicyVersion: (call) => {
    const policy = permittedAny(call, "GetPolicyVersion");
    const version = versionOf(call, policy, versionIdIn(call));
    return [
      element(
        "PolicyVersion",
        element("Document", documentText(version.document)),
        versionFields(policy, version),
      ),
    ];
  },

  ListPolicyVersions: (call) => {
    const policy = permittedAny(call, "ListPolicyVersions");
    // The latest first.
    const all = policy.versions.map((version) => ({
      key: String(1e9 - Number(version.id.slice(1))),
      item: versionFields(policy, version),
    }));
    const { items, more } = pageOf(call.input, all);
    return [memberList("Versions", items), ...more];
  },

  SetDefaultPolicyVersion: async (call) => {
    const policy = permittedPolicy(call, "SetDefaultPolicyVersion");
    const id = versionIdIn(call);
    await changePolicy(call, policy, (there) => {
      versionOf(call, there, id);
      return { ...there, defaultVersionId: id, updatedAt: call.now };
    });
    return undefined;
  },

  DeletePolicyVersion: async (call) => {
    const policy = permittedPolicy(call, "DeletePolicyVersion");
    const id = versionIdIn(call);
    await changePolicy(call, policy, (there) => {
      versionOf(call, there, id);
      if (there.defaultVersionId === id) {
        throw deleteConflict("Cannot delete the default version of a policy.");
      }
      return { ...there, versions: there.versions.filter((version) => version.id !== id) };
    });
    return undefined;
  },
};

type Version = PolicyRecord["versions"][number];

function versionIdIn({ input }: IamCall): string {
  const id = input.required("VersionId");
  if (/^v[1-9][0-9]*(?:\.[A-Za-z0-9-]*)?$/.test(id)) return id;
  throw unfitValue(
    "VersionId",
    String.raw`satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`,
  );
}

function versionOf(call: IamCall, policy: PolicyRecord, id: string): Version {
  const found = policy.versions.find((version) => version.id === id);
  if (found !== undefined) return found;
  throw noSuchVersion(arnOfPolicy(call, policy), id);
}

function noSuchVersion(arn: string, id: string): QueryError {
  return noSuchEntity(`Policy ${arn} version ${id} does not exist or is not attachable.`);
}

function versionFields({ defaultVersionId }: PolicyRecord, version: Version): XmlNode[] {
  return [
    element("VersionId", version.id),
    element("IsDefaultVersion", version.id === defaultVersionId),
    element("CreateDate", dateOf(version.createdAt)),
  ];
}
