import type { Tag } from "../../core/bucket-settings.ts";
import { text } from "./scalars.ts";
import { xmlDocument } from "./setting-document.ts";
import { list, required, structure } from "./shape.ts";

/** A `Tag` element; also stands in lifecycle filters. */
export const tag = structure<Tag>({ Key: required(text), Value: required(text) });

/** Tags side by side. */
export const tagList = list(tag, "Tag");

interface Tagging {
  readonly TagSet?: { readonly Tag?: readonly Partial<Tag>[] };
}

/**
 * `Tagging`, of a bucket or an object, without `TagSet` when a client means none. How many tags and which
 * letters are allowed differs by resource and is for the caller to judge.
 */
export const tagging = xmlDocument<Tagging, readonly Tag[]>({
  root: "Tagging",
  shape: structure({ TagSet: structure({ Tag: tagList }) }),
  fromWire: ({ TagSet }) => (TagSet?.Tag ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })),
  toWire: (tags) => ({ TagSet: { Tag: tags } }),
});
