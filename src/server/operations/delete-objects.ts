import { documentLimits, s3Limits } from "../../core/limits.ts";
import type { DeleteObjectInput, DeleteOutcome as EngineOutcome } from "../../engine/engine.ts";
import { isVersionId } from "../../engine/version-id.ts";
import {
  parseDelete,
  renderDeleteResult,
  type DeleteOutcome,
  type DeleteTarget,
} from "../../protocol/documents/delete.ts";
import { actionFor } from "../../protocol/operations.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { isPossibleVersion } from "../objects/find-version.ts";
import type { Operation, OperationRequest } from "../operation.ts";
import { xmlTextResponse } from "../xml-response.ts";

/**
 * Up to 1,000 deletes, each judged and answered by itself; `Quiet` leaves the successes out. Keys that
 * are not there count as deleted.
 */
export const deleteObjects: Operation = {
  name: "DeleteObjects",
  judgedBy: "document",
  digestRequired: true,
  documentBytes: documentLimits.deleteBytes,
  handle: async (request) => {
    const bucket = request.bucket();
    const document = parseDelete(await request.readDocument());
    const { quiet, targets: entries } = document;
    const refusals = entries.map((entry) => refusalOf(request, entry));
    const inputs = entries
      .filter((_, index) => refusals[index] === undefined)
      .map((entry) => deleteInput(bucket.name, entry));
    const outcomes = inputs.length === 0 ? [] : await request.engine.deleteObjects(inputs);
    let next = 0;
    const results = entries.map((entry, index) => {
      const outcome = refusals[index] ?? outcomes[next++];
      const isError = outcome === undefined || outcome instanceof Error;
      return isError ? failed(entry, outcome) : deleted(entry, outcome);
    });
    const shown = quiet ? results.filter(({ kind }) => kind === "error") : results;
    return xmlTextResponse(renderDeleteResult(shown));
  },
};

function refusalOf(request: OperationRequest, entry: DeleteTarget): S3Error | undefined {
  const { lastModifiedTime, size } = entry;
  if (lastModifiedTime !== undefined || size !== undefined) {
    const condition = lastModifiedTime === undefined ? "Size" : "LastModifiedTime";
    return new S3Error("NotImplemented", {
      message: `The condition ${condition} is for directory buckets only.`,
    });
  }
  if (Buffer.byteLength(entry.key, "utf8") > s3Limits.keyBytes) {
    return new S3Error("KeyTooLongError");
  }
  const { key, versionId } = entry;
  if (versionId !== undefined && !isVersionId(versionId)) return new S3Error("NoSuchVersion");
  const action = actionFor("DeleteObject", { versioned: versionId !== undefined });
  try {
    request.authorize(action, { key, ...(versionId !== undefined && { versionId }) });
    if (versionId === undefined) return undefined;
    const isPossible = isPossibleVersion(request.engine, request.bucket(), { key, versionId });
    return isPossible ? undefined : new S3Error("NoSuchVersion");
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
}

function deleteInput(bucket: string, { key, versionId, etag }: DeleteTarget): DeleteObjectInput {
  return {
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(etag !== undefined && { ifMatch: etag }),
  };
}

function deleted({ key, versionId }: DeleteTarget, outcome: EngineOutcome): DeleteOutcome {
  const { deleteMarker } = outcome;
  const deleteMarkerVersionId = deleteMarker ? outcome.versionId : undefined;
  return { kind: "deleted", key, versionId, deleteMarker, deleteMarkerVersionId };
}

/** What is not an S3Error is a fault of ours, and its text stays here. */
function failed({ key, versionId }: DeleteTarget, error: Error | undefined): DeleteOutcome {
  const { code, message } = error instanceof S3Error ? error : new S3Error("InternalError");
  return { kind: "error", key, versionId, code, message };
}
