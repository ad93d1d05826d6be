import type { IndexRecord } from "./sync-index.ts";
import { identityOf, type TreeItem } from "./tree-item.ts";

/** `content`: index, ETag, then bytes. `checksum`: the same without the index. `size`: sizes alone. */
export type Comparison = "content" | "checksum" | "size";

/** `ask`: only the bytes of the file tell. `by`: what told it; `time` is a guess. */
export type Verdict =
  | { readonly same: true; readonly by: "index" | "etag" | "bytes" | "size" | "time" }
  | { readonly same: false; readonly reason: "size" | "content" | "time" }
  | "ask";

const plainEtag = /^"?[0-9a-f]{32}"?$/;

/** What is known of two items of one path without reading them. */
export function compareItems(
  source: TreeItem,
  target: TreeItem,
  comparison: Comparison,
  known: (source: string, target: string) => boolean,
): Verdict {
  if (source.sizeBytes !== target.sizeBytes) return { same: false, reason: "size" };
  if (comparison === "size") return { same: true, by: "size" };
  if (comparison === "content" && known(identityOf(source), identityOf(target))) {
    return { same: true, by: "index" };
  }
  if (source.etag === undefined || target.etag === undefined) return "ask";
  if (source.etag !== "" && source.etag === target.etag) return { same: true, by: "etag" };
  const areDigests = plainEtag.test(source.etag) && plainEtag.test(target.etag);
  return areDigests ? { same: false, reason: "content" } : byTime(source, target);
}

/**
 * The last resort, where no ETag can be explained: a target that was written after its source was
 * changed is taken for its copy; a file, only with the very time of its object, to the second.
 */
export function byTime(source: TreeItem, target: TreeItem): Verdict {
  const isFile = target.etag === undefined;
  const isCopy = isFile
    ? Math.floor(source.modifiedMs / 1000) === Math.floor(target.modifiedMs / 1000)
    : source.modifiedMs <= target.modifiedMs;
  return isCopy ? { same: true, by: "time" } : { same: false, reason: "time" };
}

/** Whether a record of the index tells that these two are the same. */
export function tells(record: IndexRecord | undefined, left: string, right: string): boolean {
  return record !== undefined && record.left === left && record.right === right;
}
