import type { Tag } from "../../core/bucket-settings.ts";
import { uriEncode } from "../query.ts";

/**
 * `x-amz-tagging`: tags as a query string, `project=a%20b&empty=`. Which tags are allowed, and whether one may come twice, is
 * for the caller to judge.
 */
export function parseTaggingHeader(header: string): Tag[] {
  return [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));
}

/** The same the other way. */
export function formatTaggingHeader(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .join("&");
}
