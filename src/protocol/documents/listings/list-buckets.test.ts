import * as fc from "fast-check";
import { expect, it } from "vitest";
import { renderXml, s3Namespace } from "../../xml/render.ts";
import { readListBuckets, renderListBuckets } from "./list-buckets.ts";
import { seconds } from "./testing-fixtures/pages.ts";

const optional = (text: RegExp) => fc.option(fc.stringMatching(text), { nil: undefined });

it("brings buckets back", () => {
  const listings = fc.record({
    ownerId: fc.stringMatching(/^[0-9a-f]{64}$/),
    buckets: fc.array(
      fc.record({
        name: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
        createdAt: seconds,
        region: optional(/^[a-z]{2}-[a-z]{4,9}-[1-9]$/),
        arn: optional(/^arn:aws:s3:::[a-z0-9]{3,9}$/),
      }),
    ),
    prefix: optional(/^[a-z<&]{1,9}$/),
    continuationToken: optional(/^[\w-]{1,40}$/),
  });
  fc.assert(
    fc.property(listings, (listing) => {
      const text = renderXml(renderListBuckets(listing), { namespace: s3Namespace });
      expect(readListBuckets(Buffer.from(text))).toEqual(listing);
    }),
  );
});
