import { s3Limits } from "../../core/limits.ts";
import type { DeleteObjectInput, DeleteOutcome } from "../../engine/engine.ts";
import { actionFor } from "../../protocol/operations.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { child, childrenNamed, childText, parseXml } from "../../protocol/xml/parse.ts";
import { element, optionalElement, type XmlNode } from "../../protocol/xml/render.ts";
import type { Operation, OperationRequest } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/**
 * Up to 1,000 deletes, each judged and answered by itself; `Quiet` leaves the successes out. Keys that
 * are not there count as deleted.
 */
export const deleteObjects: Operation = {
  name: "DeleteObjects",
  handle: async (request) => {
    const bucket = request.bucket();
    const { quiet, entries } = parseDelete(await request.readDocument({ digestRequired: true }));
    const refusals = entries.map((entry) => refusalOf(request, entry));
    const inputs = entries
      .filter((_, index) => refusals[index] === undefined)
      .map((entry) => deleteInput(bucket.name, entry));
    const outcomes = inputs.length === 0 ? [] : await request.engine.deleteObjects(inputs);
    let next = 0;
    const results = entries.map((entry, index): XmlNode | undefined => {
      const outcome = refusals[index] ?? outcomes[next++];
      if (outcome === undefined || outcome instanceof Error) return renderError(entry, outcome);
      return quiet ? undefined : renderDeleted(entry, outcome);
    });
    return xmlResponse(element("DeleteResult", ...results));
  },
};

interface DeleteEntry {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string | undefined;
  /** Conditions that S3 knows for directory buckets only. */
  readonly unsupported: string | undefined;
}

function parseDelete(body: Buffer): { quiet: boolean; entries: DeleteEntry[] } {
  const root = parseXml(body, { root: "Delete" });
  const objects = childrenNamed(root, "Object");
  if (objects.length === 0 || objects.length > s3Limits.deleteObjectsKeys) {
    throw new S3Error("MalformedXML");
  }
  const entries = objects.map((object): DeleteEntry => {
    const key = childText(object, "Key");
    if (key === undefined || key === "") throw new S3Error("MalformedXML");
    const versionId = childText(object, "VersionId");
    return {
      key,
      versionId: versionId === "" ? undefined : versionId,
      etag: childText(object, "ETag"),
      unsupported: ["LastModifiedTime", "Size"].find((name) => child(object, name) !== undefined),
    };
  });
  return { quiet: childText(root, "Quiet")?.trim().toLowerCase() === "true", entries };
}

function refusalOf(request: OperationRequest, entry: DeleteEntry): S3Error | undefined {
  if (entry.unsupported !== undefined) {
    return new S3Error("NotImplemented", {
      message: `The condition ${entry.unsupported} is for directory buckets only.`,
    });
  }
  if (Buffer.byteLength(entry.key, "utf8") > s3Limits.keyBytes) {
    return new S3Error("KeyTooLongError");
  }
  const action = actionFor("DeleteObject", { versioned: entry.versionId !== undefined });
  try {
    request.authorize(action, { key: entry.key });
    return undefined;
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
}

function deleteInput(bucket: string, { key, versionId, etag }: DeleteEntry): DeleteObjectInput {
  return {
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(etag !== undefined && { ifMatch: etag }),
  };
}

function renderDeleted({ key, versionId }: DeleteEntry, outcome: DeleteOutcome): XmlNode {
  return element(
    "Deleted",
    element("Key", key),
    optionalElement("VersionId", versionId),
    outcome.deleteMarker ? element("DeleteMarker", true) : undefined,
    outcome.deleteMarker ? optionalElement("DeleteMarkerVersionId", outcome.versionId) : undefined,
  );
}

/** What is not an S3Error is a fault of ours, and its text stays here. */
function renderError({ key, versionId }: DeleteEntry, error: Error | undefined): XmlNode {
  const shown = error instanceof S3Error ? error : new S3Error("InternalError");
  return element(
    "Error",
    element("Key", key),
    optionalElement("VersionId", versionId),
    element("Code", shown.code),
    element("Message", shown.message),
  );
}
