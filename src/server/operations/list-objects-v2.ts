import { s3Limits } from "../../core/limits.ts";
import type { Engine } from "../../engine/engine.ts";
import { renderListObjectsV2 } from "../../protocol/documents/listings/list-objects.ts";
import { WrittenObjects } from "../../protocol/documents/listings/written-objects.ts";
import { invalidArgument } from "../../protocol/s3-error.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import {
  decodeContinuationToken,
  encodeContinuationToken,
} from "../listings/continuation-token.ts";
import { isTrue, type ListParameters, readListParameters } from "../listings/list-parameters.ts";
import { listPage } from "../listings/list-page.ts";
import { restoreStatusAt } from "../listings/restore-status.ts";
import type { Operation } from "../operation.ts";
import { xmlTextResponse } from "../xml-response.ts";

/** Keys and common prefixes, with tokens to page on. A token beats `start-after`. */
export const listObjectsV2: Operation = {
  name: "ListObjectsV2",
  conditionKeys: { "s3:max-keys": String(s3Limits.listPageKeys) },
  selectorMayBeUnsigned: true,
  handle: async (request) => {
    const { query } = request;
    const bucket = request.bucket();
    assertListType(query.get("list-type"));
    const parameters = readListParameters(query, "max-keys");
    const token = query.get("continuation-token");
    const startAfter = token === undefined ? query.get("start-after") : undefined;
    const after =
      token === undefined
        ? startAfter
        : decodeContinuationToken(`objects of ${bucket.name}`, token);
    const ownerId = isTrue(query, "fetch-owner") ? canonicalId(bucket.ownerAccountId) : undefined;
    const { engine } = request;
    const restoresAt = restoreStatusAt(request);
    const asked = { name: bucket.name, parameters, token, startAfter, after, ownerId, restoresAt };
    // What is restored changes with time alone.
    if (restoresAt !== undefined) return xmlTextResponse(writePage(engine, asked));
    const name = JSON.stringify(["ListObjectsV2", asked]);
    return xmlTextResponse(engine.keptAnswer(name, () => writePage(engine, asked)));
  },
};

interface AskedPage {
  /** Of the bucket. */
  readonly name: string;
  readonly parameters: ListParameters;
  readonly token: string | undefined;
  readonly startAfter: string | undefined;
  readonly after: string | undefined;
  readonly ownerId: string | undefined;
  readonly restoresAt: Date | undefined;
}

function writePage(engine: Engine, asked: AskedPage): Uint8Array {
  const { name, parameters, token, startAfter, after, ownerId, restoresAt } = asked;
  const { urlEncoded } = parameters;
  const objects = new WrittenObjects({ urlEncoded, ownerId });
  const page = listPage(engine, { bucket: name, parameters, after, restoresAt }, objects);
  const next =
    page.truncated && page.last !== undefined
      ? encodeContinuationToken(`objects of ${name}`, page.last)
      : undefined;
  return renderListObjectsV2(
    {
      ...parameters,
      bucket: name,
      startAfter,
      continuationToken: token,
      nextContinuationToken: next,
      isTruncated: page.truncated,
      commonPrefixes: page.commonPrefixes,
    },
    objects,
  );
}

function assertListType(type: string | undefined): void {
  if (type !== "2") throw invalidArgument("Invalid List Type specified", "list-type", type ?? "");
}
