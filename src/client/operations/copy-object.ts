import { assertObjectKey } from "../../core/object-key.ts";
import type { CopyOptions, CopySource, PutResult } from "../../core/object-store.ts";
import { copySourceHeader, formatCopySource } from "../../protocol/headers/copy-source.ts";
import { readWrittenObject } from "../../protocol/documents/written-object.ts";
import { settleWrite } from "../recovery/settle-write.ts";
import { storedHeaders, writeConditionHeaders } from "./object-headers.ts";
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
          "x-amz-tagging-directive": options.tags === undefined ? undefined : "REPLACE",
          "x-amz-checksum-algorithm": options.checksumAlgorithm,
          "content-md5": isLocking(options) ? emptyMd5 : undefined,
        },
      },
      options,
    );
    const root = readDocument(operation, answer, "CopyObjectResult");
    const { etag, checksum } = readWrittenObject(root);
    const versionId = answer.headers.get("x-amz-version-id");
    return {
      etag,
      ...(versionId !== undefined && { versionId }),
      ...(checksum !== undefined && { checksum }),
    };
  } catch (error) {
    // The bytes were never here, so an own copy cannot be told from another's object.
    return settleWrite(error, { store, key, conditions: options, isOwn: () => false });
  }
}

/** Of no bytes: some stores ask for it with every lock, as S3 does for a put. */
const emptyMd5 = "1B2M2Y8AsgTpgAmY7PhCfg==";

function isLocking({ lockMode, legalHold }: CopyOptions): boolean {
  return lockMode !== undefined || legalHold !== undefined;
}

export function copySourceHeaders(
  store: StoreContext,
  source: CopySource,
): Record<string, string | undefined> {
  assertObjectKey(source.key, operation);
  const { bucket = store.bucket, key, versionId } = source;
  const isOwn = bucket === store.bucket;
  return {
    // Whose another bucket has to be, nobody said.
    "x-amz-source-expected-bucket-owner": isOwn ? store.expectedBucketOwner : undefined,
    [copySourceHeader]: formatCopySource({ bucket, key, versionId }),
    [`${copySourceHeader}-if-match`]: source.ifMatch,
  };
}
