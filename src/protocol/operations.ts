import { s3Operations, type OperationScope, type S3OperationShape } from "./operation-table.ts";
import { conflictingParameters, explainPlace, findMisplaced } from "./misplaced-query.ts";
import type { QueryParameters } from "./query.ts";
import type { S3Error } from "./s3-error.ts";

/** An operation by the name that S3 gives it. */
export type S3OperationName = S3OperationShape["name"];

interface Candidate {
  readonly shape: S3OperationShape;
  readonly queryNames: readonly string[];
}

/**
 * Tells ListObjectsV2 from ListObjects; beside a sub-resource and with an object it says nothing.
 */
const listType = "list-type";

const candidates = new Map<string, Candidate[]>();
/** Names that select an operation somewhere; at a wrong place they never mean the plain operation. */
const subResources = new Set<string>();
for (const entry of s3Operations) {
  const queryNames = entry.query?.split("&") ?? [];
  const place = `${entry.scope} ${entry.method}`;
  candidates.set(place, [...(candidates.get(place) ?? []), { shape: entry, queryNames }]);
  if (queryNames[0] !== undefined && queryNames[0] !== listType) subResources.add(queryNames[0]);
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
 * The operation that a request asks for. Undefined when S3 has none; `explainMismatch` tells why. A
 * sub-resource never falls through to the plain operation, whatever its place, method and company:
 * `DELETE /bucket?uploads` does not delete the bucket, nor `DELETE /bucket/key?policy` the object.
 */
export function matchOperation(request: OperationMatchRequest): S3OperationName | undefined {
  const asked = askedSubResources(request);
  const shape = asked.length > 1 ? undefined : findShape(request, asked[0]);
  if (shape === undefined || findMisplaced(shape, request.query) !== undefined) return undefined;
  return shape.name;
}

/** The refusal of a request for which `matchOperation` found nothing. */
export function explainMismatch(request: OperationMatchRequest): S3Error {
  const { method, query } = request;
  const scope = scopeOf(request);
  const asked = askedSubResources(request);
  if (asked.length > 1) return conflictingParameters(asked);
  const [selector] = asked;
  const shape = findShape(request, selector);
  const misplaced = shape && findMisplaced(shape, query);
  return explainPlace({ method, scope, selector, misplaced, query });
}

function findShape(
  request: OperationMatchRequest,
  selector: string | undefined,
): S3OperationShape | undefined {
  const { method, query } = request;
  const scope = scopeOf(request);
  const places = candidates.get(`${scope} ${method}`) ?? [];
  const lists = scope === "bucket" && method !== "HEAD" && query.has(listType);
  const first = selector ?? (lists ? listType : undefined);
  return places.find(
    ({ shape, queryNames }) =>
      queryNames[0] === first &&
      queryNames.every((name) => query.has(name)) &&
      (shape.header === undefined || request.hasHeader(shape.header)),
  )?.shape;
}

/** In the order in which S3 names them. */
function askedSubResources({ method, query }: OperationMatchRequest): readonly string[] {
  const entries = query.entries();
  // A browser asks ahead with the query of the request that is to come.
  if (entries.length === 0 || method === "OPTIONS") return nothing;
  const names = entries.map(([name]) => name).filter((name) => subResources.has(name));
  return names.length < 2 ? names : [...new Set(names)].sort();
}

const nothing: readonly string[] = [];

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
