import * as fc from "fast-check";
import { anyText } from "../../../testing-fixtures/any-text.ts";
import { xmlText } from "../../../testing-fixtures/xml-text.ts";

/** Whole seconds, as listings have them. */
export const seconds = fc.nat(4_000_000_000).map((value) => new Date(value * 1000));

export const etags = fc.stringMatching(/^[0-9a-f]{32}(-[1-9]\d{0,3})?$/);

export const versionIds = fc.oneof(fc.constant("null"), fc.stringMatching(/^[\w.-]{1,40}$/));

export const checksums = fc.option(
  fc.record({
    algorithm: fc.constantFrom("CRC32", "CRC64NVME", "SHA256"),
    type: fc.constantFrom("FULL_OBJECT", "COMPOSITE"),
  }),
  { nil: undefined },
);

export interface Drawn<Entry> {
  readonly page: {
    readonly bucket: string;
    readonly prefix: string;
    readonly delimiter: string | undefined;
    readonly limit: number;
    readonly urlEncoded: boolean;
    readonly isTruncated: boolean;
    readonly entries: readonly Entry[];
    readonly commonPrefixes: readonly string[];
    readonly ownerId: string | undefined;
  };
  /** A key, marker or prefix that this page can carry. */
  readonly name: string;
}

/**
 * Pages of entries drawn around a name. With `encoding-type=url` any name comes through; without,
 * U+0000 cannot be written.
 */
export function pagesOfEntries<Entry>(
  entry: (name: fc.Arbitrary<string>) => fc.Arbitrary<Entry>,
): fc.Arbitrary<Drawn<Entry>> {
  return fc.boolean().chain((urlEncoded) => {
    const name = urlEncoded ? anyText : xmlText;
    return fc.record({
      name,
      page: fc.record({
        bucket: fc.constant("bkt"),
        prefix: name,
        delimiter: fc.option(name, { nil: undefined }),
        limit: fc.nat(1000),
        urlEncoded: fc.constant(urlEncoded),
        isTruncated: fc.boolean(),
        entries: fc.array(entry(name), { maxLength: 4 }),
        commonPrefixes: fc.array(name, { maxLength: 3 }),
        ownerId: fc.option(fc.constant("0123abcd"), { nil: undefined }),
      }),
    });
  });
}
