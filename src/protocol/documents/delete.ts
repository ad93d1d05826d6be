import { s3Limits } from "../../core/limits.ts";
import { childText, childrenNamed, parseXml, type XmlElement } from "../xml/parse.ts";
import { escapeXml } from "../xml/render.ts";
import { listDocument } from "./listings/write-listing.ts";
import { malformed, required } from "./read-element.ts";

/** One object of DeleteObjects; the conditions as they stand. */
export interface DeleteTarget {
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly etag?: string | undefined;
  /** These two are for directory buckets only. */
  readonly lastModifiedTime?: string | undefined;
  readonly size?: string | undefined;
}

export interface DeleteDocument {
  /** Successes are left out of the answer. */
  readonly quiet: boolean;
  readonly targets: readonly DeleteTarget[];
}

/** As text, not as nodes: it has a thousand objects. */
export function renderDelete({ quiet, targets }: DeleteDocument): string {
  const objects = targets.map(
    (target) =>
      `<Object>${tag("Key", target.key)}${tag("VersionId", target.versionId)}` +
      `${tag("ETag", target.etag)}${tag("LastModifiedTime", target.lastModifiedTime)}` +
      `${tag("Size", target.size)}</Object>`,
  );
  return listDocument("Delete", quiet ? [...objects, "<Quiet>true</Quiet>"] : objects);
}

function tag(name: string, value: string | undefined): string {
  return value === undefined ? "" : `<${name}>${escapeXml(value)}</${name}>`;
}

/** An object with its five elements, and one to spare. */
const elementsPerTarget = 7;

/** Throws S3Error MalformedXML, also for an object without a key and for none or too many of them. */
export function parseDelete(bytes: Uint8Array | string): DeleteDocument {
  const maxElements = s3Limits.deleteObjectsKeys * elementsPerTarget;
  const root = parseXml(bytes, { root: "Delete", maxElements });
  const objects = childrenNamed(root, "Object");
  if (objects.length === 0 || objects.length > s3Limits.deleteObjectsKeys) throw malformed();
  return {
    quiet: childText(root, "Quiet")?.trim().toLowerCase() === "true",
    targets: objects.map((object) => ({
      key: required(nonEmpty(childText(object, "Key"))),
      versionId: nonEmpty(childText(object, "VersionId")),
      etag: childText(object, "ETag"),
      lastModifiedTime: childText(object, "LastModifiedTime"),
      size: childText(object, "Size"),
    })),
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** What became of one object. */
export type DeleteOutcome =
  | {
      readonly kind: "deleted";
      readonly key: string;
      /** The version asked for. */
      readonly versionId?: string | undefined;
      /** Whether a delete marker was made, or was what the version deleted was. */
      readonly deleteMarker: boolean;
      readonly deleteMarkerVersionId?: string | undefined;
    }
  | {
      readonly kind: "error";
      readonly key: string;
      readonly versionId?: string | undefined;
      readonly code: string;
      readonly message: string;
    };

/** In order. */
export function renderDeleteResult(outcomes: readonly DeleteOutcome[]): string {
  return listDocument("DeleteResult", outcomes.map(renderOutcome));
}

function renderOutcome(outcome: DeleteOutcome): string {
  const address = tag("Key", outcome.key) + tag("VersionId", outcome.versionId);
  if (outcome.kind === "error") {
    const { code, message } = outcome;
    return `<Error>${address}${tag("Code", code)}${tag("Message", message)}</Error>`;
  }
  const marker = tag("DeleteMarker", outcome.deleteMarker ? "true" : undefined);
  const markerVersion = tag("DeleteMarkerVersionId", outcome.deleteMarkerVersionId);
  return `<Deleted>${address}${marker}${markerVersion}</Deleted>`;
}

/** Takes the document's root, whose name differs between stores. */
export function readDeleteResult(root: XmlElement): DeleteOutcome[] {
  return root.children.flatMap((entry) => {
    const outcome = readOutcome(entry);
    return outcome === undefined ? [] : [outcome];
  });
}

function readOutcome(entry: XmlElement): DeleteOutcome | undefined {
  const key = childText(entry, "Key") ?? "";
  const versionId = childText(entry, "VersionId");
  if (entry.name === "Error") {
    const code = childText(entry, "Code") ?? "Unknown";
    return { kind: "error", key, versionId, code, message: childText(entry, "Message") ?? "" };
  }
  if (entry.name !== "Deleted") return undefined;
  return {
    kind: "deleted",
    key,
    versionId,
    deleteMarker: childText(entry, "DeleteMarker") === "true",
    deleteMarkerVersionId: childText(entry, "DeleteMarkerVersionId"),
  };
}
