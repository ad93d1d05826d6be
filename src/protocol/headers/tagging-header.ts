import type { Tag } from "../../core/bucket-settings.ts";
import { uriEncode } from "../query.ts";

/** `x-amz-tagging`: tags as a query string, `project=a%20b&empty=`. */
export function formatTaggingHeader(tags: readonly Tag[]): string {
  return tags.map(({ Key, Value }) => `${uriEncode(Key)}=${uriEncode(Value)}`).join("&");
}

/** Which tags are allowed, and whether one may come twice, is for the caller to judge. */
export function parseTaggingHeader(header: string): Tag[] {
  return [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));
}
