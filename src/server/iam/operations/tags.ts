import type { Tag } from "../../../core/bucket-settings.ts";
import { iamLimits } from "../../../core/iam-limits.ts";
import { element } from "../../../protocol/xml/render.ts";
import { change, type EntityKind, permitted, roleKind, tagsOf, userKind } from "../entity-kinds.ts";
import { anyOf, type IamCall, type IamOperations, requestTagKeys } from "../iam-call.ts";
import { limitExceeded } from "../iam-error.ts";
import { pageOf } from "../page.ts";
import { changePolicy, permittedPolicy } from "../managed-policy.ts";
import { tagList } from "../render-entities.ts";

/** TagUser, UntagRole, ListPolicyTags, ... */
export const tagOperations: IamOperations = {
  ...operationsOf(userKind),
  ...operationsOf(roleKind),

  TagPolicy: async (call) => {
    const tags = call.input.tags();
    const policy = permittedPolicy(call, "TagPolicy", requestTagKeys(tags));
    await changePolicy(call, policy, (there) => ({ ...there, tags: merged(there.tags, tags) }));
    return undefined;
  },

  UntagPolicy: async (call) => {
    const keys = call.input.list("TagKeys");
    const policy = permittedPolicy(call, "UntagPolicy", tagKeys(keys));
    await changePolicy(call, policy, (there) => ({ ...there, tags: without(there.tags, keys) }));
    return undefined;
  },

  ListPolicyTags: (call) => listed(call, permittedPolicy(call, "ListPolicyTags").tags),
};

function operationsOf(kind: EntityKind): IamOperations {
  const { label } = kind;
  return {
    [`Tag${label}`]: async (call) => {
      const tags = call.input.tags();
      const { name } = permitted(call, kind, `Tag${label}`, { keys: requestTagKeys(tags) });
      await change(call, kind, name, (there) => ({ ...there, tags: merged(tagsOf(there), tags) }));
      return undefined;
    },

    [`Untag${label}`]: async (call) => {
      const keys = call.input.list("TagKeys");
      const { name } = permitted(call, kind, `Untag${label}`, { keys: tagKeys(keys) });
      await change(call, kind, name, (there) => ({ ...there, tags: without(tagsOf(there), keys) }));
      return undefined;
    },

    [`List${label}Tags`]: (call) => listed(call, tagsOf(permitted(call, kind, `List${label}Tags`))),
  };
}

export function listed({ input }: IamCall, tags: readonly Tag[]) {
  const { items, more } = pageOf(
    input,
    tags.map((tag) => ({ key: tag.Key, item: tag })),
  );
  return [items.length === 0 ? element("Tags") : tagList(items), ...more];
}

/** A tag takes the place of one whose key differs in nothing but case. */
export function merged(there: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const keys = added.map(({ Key }) => Key);
  const tags = [...without(there, keys), ...added];
  if (tags.length <= iamLimits.tags) return tags;
  throw limitExceeded("The number of tags has reached the maximum limit.");
}

export function without(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return tags.filter(({ Key }) => !gone.has(Key.toLowerCase()));
}

export function tagKeys(keys: readonly string[]) {
  return anyOf((key) => (key === "aws:tagkeys" && keys.length > 0 ? keys : undefined));
}
