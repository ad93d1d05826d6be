import type { Tag } from "../../core/bucket-settings.ts";
import { trailLimits } from "../../core/trail-limits.ts";
import { JsonError } from "../aws-json/json-error.ts";
import type { JsonInput } from "../aws-json/json-input.ts";
import { judge, permittedTrail, type TrailCall, type TrailOperation } from "./trail-call.ts";
import { trailNotFound } from "./trail-error.ts";
import { trailArn, type TrailRecord } from "./trail-record.ts";

/** Tags of trails. */
export const tagOperations: Readonly<Record<string, TrailOperation>> = {
  AddTags: async (call) => {
    const trail = permittedTrail(call, "AddTags", "ResourceId");
    const added = readTags(call.input, "TagsList");
    await change(call, trail, (tags) => {
      const names = new Set(added.map(({ Key }) => Key));
      return [...tags.filter(({ Key }) => !names.has(Key)), ...added];
    });
    return {};
  },
  RemoveTags: async (call) => {
    const trail = permittedTrail(call, "RemoveTags", "ResourceId");
    const names = new Set(readTags(call.input, "TagsList").map(({ Key }) => Key));
    await change(call, trail, (tags) => tags.filter(({ Key }) => !names.has(Key)));
    return {};
  },
  ListTags: (call) => {
    const ids = call.input.texts("ResourceIdList");
    const all = call.recorder.store.list(call.caller.accountId);
    const ResourceTagList = ids.map((ResourceId) => {
      const found = all.find((trail) => trailArn(trail) === ResourceId);
      if (found === undefined) {
        throw new JsonError(
          "ResourceNotFoundException",
          `${ResourceId} is no trail of this account.`,
        );
      }
      judge(call, "ListTags", ResourceId);
      return { ResourceId, TagsList: found.tags };
    });
    return { ResourceTagList };
  },
};

/** Throws JsonError InvalidTagParameterException, TagsLimitExceededException. */
export function readTags(input: JsonInput, field: string): readonly Tag[] {
  const tags = input.inputs(field).map((one) => {
    const Key = one.text("Key") ?? "";
    const Value = one.text("Value") ?? "";
    if (Key.length >= 1 && Key.length <= 128 && Value.length <= 256) return { Key, Value };
    throw new JsonError(
      "InvalidTagParameterException",
      "A tag has a key of 1 to 128 characters and a value of at most 256.",
    );
  });
  assertCount(tags);
  return tags;
}

function assertCount(tags: readonly Tag[]): void {
  if (tags.length <= trailLimits.tags) return;
  throw new JsonError(
    "TagsLimitExceededException",
    `A trail has at most ${trailLimits.tags} tags.`,
  );
}

async function change(
  call: TrailCall,
  trail: TrailRecord,
  tagsOf: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  await call.recorder.store.change(
    trail,
    (there) => {
      const tags = tagsOf(there.tags);
      assertCount(tags);
      return { ...there, tags };
    },
    () => trailNotFound(trail.name, call.caller),
  );
}
