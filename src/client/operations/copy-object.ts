import { checksumAlgorithms } from "../../core/checksum.ts";
import type { ObjectChecksum } from "../../core/checksum.ts";
import { isStorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { CopyOptions, CopySource, PutResult } from "../../core/object-store.ts";
import { uriEncode } from "../../protocol/query.ts";
import { childText } from "../../protocol/xml/parse.ts";
import type { XmlElement } from "../../protocol/xml/parse.ts";
import { withoutUndefined } from "../../core/without-undefined.ts";
import { quotedEtag, storedHeaders, writeConditionHeaders } from "./object-headers.ts";
import { settleCondition } from "./put-object.ts";
import { readDocument } from "./read-document.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "CopyObject";

export async function copyObject(
  store: StoreContext,
  source: CopySource,
  key: string,
  options: CopyOptions = {},
): Promise<PutResult> {
  assertObjectKey(key, operation);
  try {
    const answer = await store.sender.send(
      {
        operation,
        method: "PUT",
        key,
        headers: {
          ...storedHeaders(store, operation, options),
          ...writeConditionHeaders(store, operation, options),
          ...copySourceHeaders(store, source),
          "x-amz-metadata-directive": options.metadataDirective,
          "x-amz-checksum-algorithm": options.checksumAlgorithm,
        },
      },
      options,
    );
    const root = readDocument(operation, answer, "CopyObjectResult");
    return {
      etag: quotedEtag(childText(root, "ETag")),
      ...withoutUndefined({
        versionId: answer.headers.get("x-amz-version-id"),
        checksum: readXmlChecksum(root),
      }),
    };
  } catch (error) {
    if (!isStorageError(error)) throw error;
    // The bytes were never here, so an own copy cannot be told from another's object.
    return settleCondition(store, key, error, options, () => Promise.resolve(false));
  }
}

/** `x-amz-copy-source` is percent-encoded; its `?versionId=` is not part of the key. */
export function copySourceHeaders(
  store: StoreContext,
  source: CopySource,
): Record<string, string | undefined> {
  assertObjectKey(source.key, operation);
  const bucket = uriEncode(source.bucket ?? store.bucket);
  const path = `${bucket}/${uriEncode(source.key, { keepSlash: true })}`;
  const version = source.versionId === undefined ? "" : `?versionId=${uriEncode(source.versionId)}`;
  return {
    "x-amz-copy-source": path + version,
    "x-amz-copy-source-if-match": source.ifMatch,
  };
}

/** `<ChecksumCRC32>` and its like, with `<ChecksumType>`. */
export function readXmlChecksum(root: XmlElement): ObjectChecksum | undefined {
  for (const algorithm of checksumAlgorithms) {
    const value = childText(root, `Checksum${algorithm}`);
    if (value === undefined) continue;
    const isComposite = childText(root, "ChecksumType") === "COMPOSITE" || value.includes("-");
    return { algorithm, type: isComposite ? "COMPOSITE" : "FULL_OBJECT", value };
  }
  return undefined;
}
