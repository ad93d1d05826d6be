import type { LifecycleFilter } from "../../core/bucket-settings.ts";
import { integer, text } from "./scalars.ts";
import { structure } from "./shape.ts";
import { tag, tagList } from "./tagging.ts";

type And = NonNullable<LifecycleFilter["And"]>;

const reach = { Prefix: text, ObjectSizeGreaterThan: integer, ObjectSizeLessThan: integer };

/** A rule's `Filter`; that at most one of its members is set is for the caller to judge. */
export const lifecycleFilter = structure<LifecycleFilter>({
  And: structure<And>({ ...reach, Tags: tagList }),
  ...reach,
  Tag: tag,
});
