import { s3Limits } from "../../core/limits.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ListAnswer, ListedVersionRecord } from "../../engine/list-queries.ts";
import { renderListObjectVersions } from "../../protocol/documents/listings/list-object-versions.ts";
import { invalidArgument } from "../../protocol/s3-error.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { type ListParameters, readListParameters } from "../listings/list-parameters.ts";
import { restoreStatusAt, withRestoreStatus } from "../listings/restore-status.ts";
import type { Operation } from "../operation.ts";
import { xmlTextResponse } from "../xml-response.ts";

/** Versions and delete markers, by key and then from the newest. */
export const listObjectVersions: Operation = {
  name: "ListObjectVersions",
  conditionKeys: { "s3:max-keys": String(s3Limits.listPageKeys) },
  handle: async (request) => {
    const bucket = request.bucket();
    const parameters = readListParameters(request.query, "max-keys");
    const keyMarker = request.query.get("key-marker") ?? "";
    const versionIdMarker = request.query.get("version-id-marker");
    assertMarkers(keyMarker, versionIdMarker);
    const page = versionPage(request.engine, {
      bucket: bucket.name,
      parameters,
      keyMarker,
      versionIdMarker,
    });
    const next = nextMarkers(page);
    const at = restoreStatusAt(request);
    return xmlTextResponse(
      renderListObjectVersions({
        ...parameters,
        bucket: bucket.name,
        keyMarker,
        versionIdMarker: versionIdMarker ?? "",
        nextKeyMarker: next.key,
        nextVersionIdMarker: next.versionId,
        isTruncated: page.truncated,
        entries:
          at === undefined
            ? page.entries
            : page.entries.map((record) => withRestoreStatus(record, at)),
        commonPrefixes: page.commonPrefixes,
        ownerId: canonicalId(bucket.ownerAccountId),
      }),
    );
  },
};

function assertMarkers(keyMarker: string, versionIdMarker: string | undefined): void {
  if (versionIdMarker === undefined) return;
  if (versionIdMarker === "") {
    throw invalidArgument("A version-id marker cannot be empty.", "version-id-marker", "");
  }
  if (keyMarker === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionIdMarker,
    );
  }
}

interface VersionPageQuery {
  readonly bucket: string;
  readonly parameters: ListParameters;
  readonly keyMarker: string;
  readonly versionIdMarker: string | undefined;
}

function versionPage(engine: Engine, query: VersionPageQuery): ListAnswer<ListedVersionRecord> {
  const { prefix, delimiter, limit } = query.parameters;
  if (limit === 0) return { entries: [], commonPrefixes: [], truncated: false };
  return engine.listVersions({
    bucket: query.bucket,
    prefix,
    limit,
    ...(delimiter !== undefined && { delimiter }),
    ...(query.keyMarker !== "" && { keyMarker: query.keyMarker }),
    ...(query.versionIdMarker !== undefined && { versionIdMarker: query.versionIdMarker }),
  });
}

/** A page that ends in a common prefix has no version to go on from. */
function nextMarkers(page: ListAnswer<ListedVersionRecord>): { key?: string; versionId?: string } {
  if (!page.truncated || page.last === undefined) return {};
  const last = page.entries.at(-1);
  return last !== undefined && last.key === page.last
    ? { key: page.last, versionId: last.versionId }
    : { key: page.last };
}
