import type { Tag } from "../../core/bucket-settings.ts";
import { s3Limits } from "../../core/limits.ts";
import { tagging } from "../../protocol/documents/tagging.ts";
import { parseTaggingHeader } from "../../protocol/headers/tagging-header.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";

/** Letters, digits, spaces and `+ - = . _ : / @`. Source: S3 User Guide, "Categorizing with tags". */
const allowedText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** In UTF-16 units, as S3 counts. */
const keyUnits = 128;
const valueUnits = 256;

/** The tags of `x-amz-tagging`. Throws S3Error InvalidArgument or InvalidTag. */
export function readTaggingHeader(header: string | undefined): readonly Tag[] | undefined {
  if (header === undefined || header === "") return undefined;
  const tags = parseTaggingHeader(header);
  // S3 takes `a=1,b=2` for a list that is not written as a query, and not for a value with signs.
  const isQuery = header.split("&").every((pair) => pair.split("=").length <= 2);
  if (!isQuery || new Set(tags.map(({ Key }) => Key)).size !== tags.length) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters " +
        "without tag name duplicates.",
      "x-amz-tagging",
      header,
    );
  }
  return assertObjectTags(tags);
}

/** A `Tagging` document. Throws S3Error MalformedXML, InvalidTag or BadRequest. */
export function readTaggingDocument(bytes: Uint8Array): readonly Tag[] {
  const tags = tagging.parse(bytes);
  if (new Set(tags.map(({ Key }) => Key)).size !== tags.length) {
    throw new S3Error("InvalidTag", {
      message: "Cannot provide multiple Tags with the same key",
      extra: { TagKey: firstDouble(tags) },
    });
  }
  return assertObjectTags(tags);
}

function assertObjectTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > s3Limits.objectTags) {
    throw new S3Error("BadRequest", {
      message: `Object tags cannot be greater than ${s3Limits.objectTags}`,
    });
  }
  for (const { Key, Value } of tags) {
    if (Key.startsWith("aws:")) {
      throw new S3Error("InvalidTag", {
        message: "Your TagKey cannot be prefixed with aws:",
        extra: { TagKey: Key },
      });
    }
    if (Key === "" || Key.length > keyUnits || !allowedText.test(Key)) {
      throw new S3Error("InvalidTag", {
        message: "The TagKey you have provided is invalid",
        extra: { TagKey: Key },
      });
    }
    if (Value.length > valueUnits || !allowedText.test(Value)) {
      throw new S3Error("InvalidTag", {
        message: "The TagValue you have provided is invalid",
        extra: { TagKey: Key, TagValue: Value },
      });
    }
  }
  return tags;
}

function firstDouble(tags: readonly Tag[]): string {
  const seen = new Set<string>();
  for (const { Key } of tags) {
    if (seen.has(Key)) return Key;
    seen.add(Key);
  }
  return "";
}
