import { s3Operations, type OperationScope, type S3OperationShape } from "./operation-table.ts";
import type { QueryParameters } from "./query.ts";

export type S3OperationName = S3OperationShape["name"];

interface Candidate {
  readonly shape: S3OperationShape;
  readonly queryNames: readonly string[];
}

const candidates = new Map<string, Candidate[]>();
const subResources: Record<OperationScope, Set<string>> = {
  service: new Set(),
  bucket: new Set(),
  object: new Set(),
};
for (const entry of s3Operations) {
  const queryNames = entry.query?.split("&") ?? [];
  const place = `${entry.scope} ${entry.method}`;
  candidates.set(place, [...(candidates.get(place) ?? []), { shape: entry, queryNames }]);
  if (queryNames[0] !== undefined) subResources[entry.scope].add(queryNames[0]);
}
// The narrowest first: more query names, then a required header.
for (const list of candidates.values()) list.sort((a, b) => narrowness(b) - narrowness(a));

export interface OperationMatchRequest {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: QueryParameters;
  hasHeader(name: string): boolean;
}

/**
 * The operation that a request asks for. Undefined when S3 has none, which it answers with 405
 * MethodNotAllowed: a known sub-resource with a wrong method never falls through to the plain
 * operation, so `DELETE /bucket?uploads` does not delete the bucket.
 */
export function matchOperation(request: OperationMatchRequest): S3OperationName | undefined {
  const scope = scopeOf(request);
  const { query } = request;
  const asksSubResource = query.entries().some(([name]) => subResources[scope].has(name));
  for (const { shape: candidate, queryNames } of candidates.get(`${scope} ${request.method}`) ??
    []) {
    if (queryNames.length === 0 && asksSubResource) continue;
    if (!queryNames.every((name) => query.has(name))) continue;
    if (candidate.header !== undefined && !request.hasHeader(candidate.header)) continue;
    return candidate.name;
  }
  return undefined;
}

const shapeByName: ReadonlyMap<S3OperationName, S3OperationShape> = new Map(
  s3Operations.map((entry) => [entry.name, entry]),
);

export function operationShape(name: S3OperationName): S3OperationShape {
  const found = shapeByName.get(name);
  if (found === undefined) throw new TypeError(`No operation ${name}`);
  return found;
}

/** Actions that have a twin for requests with a `versionId`. Source: as the table's. */
const versionActions: ReadonlyMap<string, string> = new Map([
  ["s3:GetObject", "s3:GetObjectVersion"],
  ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  ["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
  ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
  ["s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"],
  ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"],
  ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"],
  ["s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"],
  ["s3:GetObjectTorrent", "s3:GetObjectVersionTorrent"],
]);

/**
 * The IAM action that allows an operation. `versioned`: the request names a `versionId`.
 * CopyObject and UploadPartCopy need `actionFor("GetObject", ...)` on their source as well, and
 * DeleteObjects is judged for each key by `actionFor("DeleteObject", ...)`.
 */
export function actionFor(
  name: S3OperationName,
  options: { readonly versioned?: boolean } = {},
): string {
  const { action } = operationShape(name);
  return options.versioned === true ? (versionActions.get(action) ?? action) : action;
}

/** For advice on a refusal: the action by an operation's name; undefined for another service's. */
export function findAction(operation: string): string | undefined {
  return shapeByName.get(operation as S3OperationName)?.action;
}

function scopeOf(request: OperationMatchRequest): OperationScope {
  if (request.bucket === "") return "service";
  return request.key === "" ? "bucket" : "object";
}

function narrowness(candidate: Candidate): number {
  return candidate.queryNames.length * 2 + (candidate.shape.header === undefined ? 0 : 1);
}
