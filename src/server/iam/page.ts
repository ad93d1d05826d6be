import { iamLimits } from "../../core/iam-limits.ts";
import { element, type XmlNode } from "../../protocol/xml/render.ts";
import type { IamInput } from "./iam-input.ts";
import { invalidValue } from "./iam-error.ts";

export interface Keyed<Item> {
  /** By which items are in order; a page goes on after it, though its item may be gone. */
  readonly key: string;
  readonly item: Item;
}

/** The part of a list that a call asks for, and the elements that say whether there is more. */
export function pageOf<Item>(
  input: IamInput,
  all: readonly Keyed<Item>[],
): { readonly items: readonly Item[]; readonly more: readonly XmlNode[] } {
  const after = markedKey(input);
  const count = input.whole("MaxItems", 1, iamLimits.maximumItems) ?? iamLimits.defaultItems;
  const sorted = all
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const shown = sorted.slice(0, count);
  const isTruncated = sorted.length > count;
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    more: [
      element("IsTruncated", isTruncated),
      ...(isTruncated && last !== undefined ? [element("Marker", markerOf(last.key))] : []),
    ],
  };
}

function markerOf(key: string): string {
  return Buffer.from(`after ${key}`).toString("base64");
}

function markedKey(input: IamInput): string | undefined {
  const marker = input.text("Marker");
  if (marker === undefined) return undefined;
  const text = Buffer.from(marker, "base64").toString();
  if (!text.startsWith("after ")) throw invalidValue("Invalid Marker.");
  return text.slice("after ".length);
}

/** `<NAME><member>...</member>...</NAME>` */
export function memberList(
  name: string,
  members: readonly (string | readonly XmlNode[])[],
): XmlNode {
  return element(
    name,
    members.map((member) => element("member", member)),
  );
}
