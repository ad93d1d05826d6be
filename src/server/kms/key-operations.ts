import { keyFacts } from "./judge-key.ts";
import { acceptPolicy, bypassKeys } from "./key-policy-check.ts";
import { defaultKeyPolicy, keyMetadata } from "./key-policy.ts";
import { keyArn } from "./key-record.ts";
import { anyOf, oneKey, requestTagKeys } from "../iam/iam-call.ts";
import {
  changeable,
  judgeAccount,
  type KmsCall,
  type KmsOperation,
  page,
  permitted,
} from "./kms-call.ts";
import { KmsError } from "./kms-error.ts";

const dayMs = 86_400_000;
const newKeyFacts = new Map(keyFacts);

/** What becomes of keys. */
export const keyOperations: Readonly<Record<string, KmsOperation>> = {
  CreateKey: async (call) => {
    const { input, address, keys } = call;
    const tags = input.tags();
    judgeAccount(
      call,
      "CreateKey",
      anyOf(requestTagKeys(tags), bypassKeys(call), (key) => newKeyFacts.get(key)),
    );
    assertSymmetric(call);
    const policy = acceptPolicy(call, input.text("Policy") ?? defaultKeyPolicy(address));
    const description = input.text("Description") ?? "";
    const key = await keys.create({ ...address, description, policy, manager: "CUSTOMER", tags });
    return { KeyMetadata: keyMetadata(key) };
  },
  DescribeKey: (call) => ({ KeyMetadata: keyMetadata(permitted(call, "DescribeKey")) }),
  ListKeys: (call) => {
    judgeAccount(call, "ListKeys");
    const all = call.keys.list(call.address).map((key) => ({ KeyArn: keyArn(key), KeyId: key.id }));
    return page(call, "Keys", all);
  },
  EnableKey: async (call) => {
    const key = changeable(call, "EnableKey");
    await call.keys.change(key, (there) => ({ ...there, state: "Enabled" }));
    return {};
  },
  DisableKey: async (call) => {
    const key = changeable(call, "DisableKey");
    await call.keys.change(key, (there) => ({ ...there, state: "Disabled" }));
    return {};
  },
  UpdateKeyDescription: async (call) => {
    const key = changeable(call, "UpdateKeyDescription");
    const description = call.input.text("Description") ?? "";
    await call.keys.change(key, (there) => ({ ...there, description }));
    return {};
  },
  ScheduleKeyDeletion: async (call) => {
    const days = call.input.whole("PendingWindowInDays", 7, 30) ?? 30;
    const key = changeable(call, "ScheduleKeyDeletion", {
      conditionKeys: oneKey("kms:schedulekeydeletionpendingwindowindays", String(days)),
    });
    const deletionAt = call.now.getTime() + days * dayMs;
    await call.keys.change(key, (there) => ({ ...there, state: "PendingDeletion", deletionAt }));
    return {
      KeyId: keyArn(key),
      DeletionDate: deletionAt / 1000,
      KeyState: "PendingDeletion",
      PendingWindowInDays: days,
    };
  },
  CancelKeyDeletion: async (call) => {
    const key = permitted(call, "CancelKeyDeletion");
    if (key.state !== "PendingDeletion") {
      throw new KmsError("KMSInvalidStateException", `${keyArn(key)} is not pending deletion.`);
    }
    await call.keys.change(key, ({ deletionAt: _deletionAt, ...there }) => ({
      ...there,
      state: "Disabled",
    }));
    return { KeyId: keyArn(key) };
  },
  GetKeyRotationStatus: (call) => {
    permitted(call, "GetKeyRotationStatus");
    return { KeyRotationEnabled: false };
  },
  ListResourceTags: (call) => {
    const { tags = [] } = permitted(call, "ListResourceTags");
    const Tags = tags.map(({ Key: TagKey, Value: TagValue }) => ({ TagKey, TagValue }));
    return { Tags, Truncated: false };
  },
  TagResource: async (call) => {
    const added = call.input.tags();
    const key = changeable(call, "TagResource", { conditionKeys: requestTagKeys(added) });
    await call.keys.change(key, ({ tags = [], ...there }) => {
      const kept = tags.filter(({ Key }) => !added.some((tag) => tag.Key === Key));
      return { ...there, tags: [...kept, ...added] };
    });
    return {};
  },
  UntagResource: async (call) => {
    const gone = call.input.texts("TagKeys");
    const key = changeable(call, "UntagResource", {
      conditionKeys: (name) => (name === "aws:tagkeys" && gone.length > 0 ? gone : undefined),
    });
    const names = new Set(gone);
    await call.keys.change(key, ({ tags = [], ...there }) => ({
      ...there,
      tags: tags.filter(({ Key }) => !names.has(Key)),
    }));
    return {};
  },
};

function assertSymmetric({ input }: KmsCall): void {
  const spec = input.text("KeySpec") ?? input.text("CustomerMasterKeySpec") ?? "SYMMETRIC_DEFAULT";
  const usage = input.text("KeyUsage") ?? "ENCRYPT_DECRYPT";
  const origin = input.text("Origin") ?? "AWS_KMS";
  if (input.flag("MultiRegion") || origin !== "AWS_KMS") throw unsupported("Origin, MultiRegion");
  if (spec !== "SYMMETRIC_DEFAULT" || usage !== "ENCRYPT_DECRYPT") throw unsupported("KeySpec");
}

function unsupported(what: string): KmsError {
  return new KmsError(
    "UnsupportedOperationException",
    `This server has symmetric keys of its own making alone (${what}).`,
  );
}
