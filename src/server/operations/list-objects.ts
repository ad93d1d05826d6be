import { s3Limits } from "../../core/limits.ts";
import type { Engine } from "../../engine/engine.ts";
import { renderListObjects } from "../../protocol/documents/listings/list-objects.ts";
import { WrittenObjects } from "../../protocol/documents/listings/written-objects.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { listPage } from "../listings/list-page.ts";
import { type ListParameters, readListParameters } from "../listings/list-parameters.ts";
import { restoreStatusAt } from "../listings/restore-status.ts";
import type { Operation } from "../operation.ts";
import { xmlTextResponse } from "../xml-response.ts";

/** The first listing, which s3cmd and older tools use: markers are keys, owners always shown. */
export const listObjects: Operation = {
  name: "ListObjects",
  conditionKeys: { "s3:max-keys": String(s3Limits.listPageKeys) },
  handle: async (request) => {
    const bucket = request.bucket();
    const parameters = readListParameters(request.query, "max-keys");
    const marker = request.query.get("marker") ?? "";
    const ownerId = canonicalId(bucket.ownerAccountId);
    const { engine } = request;
    const restoresAt = restoreStatusAt(request);
    const asked = { name: bucket.name, parameters, marker, ownerId, restoresAt };
    // What is restored changes with time alone.
    if (restoresAt !== undefined) return xmlTextResponse(writePage(engine, asked));
    const name = JSON.stringify(["ListObjects", asked]);
    return xmlTextResponse(engine.keptAnswer(name, () => writePage(engine, asked)));
  },
};

interface AskedPage {
  /** Of the bucket. */
  readonly name: string;
  readonly parameters: ListParameters;
  readonly marker: string;
  readonly ownerId: string;
  readonly restoresAt: Date | undefined;
}

function writePage(engine: Engine, asked: AskedPage): Uint8Array {
  const { name, parameters, marker, ownerId, restoresAt } = asked;
  const objects = new WrittenObjects({ urlEncoded: parameters.urlEncoded, ownerId });
  const page = listPage(engine, { bucket: name, parameters, after: marker, restoresAt }, objects);
  // Without a delimiter the last key is the next marker, so S3 leaves it out.
  const next = page.truncated && parameters.delimiter !== undefined ? page.last : undefined;
  return renderListObjects(
    {
      ...parameters,
      bucket: name,
      marker,
      nextMarker: next,
      isTruncated: page.truncated,
      commonPrefixes: page.commonPrefixes,
    },
    objects,
  );
}
