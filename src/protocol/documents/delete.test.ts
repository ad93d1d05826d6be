import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../testing-fixtures/any-text.ts";
import { parseXml } from "../xml/parse.ts";
import {
  parseDelete,
  readDeleteResult,
  renderDelete,
  renderDeleteResult,
  type DeleteOutcome,
} from "./delete.ts";

/** XML has no way to write U+0000, nor has S3. */
const text = anyText.map((value) => value.replaceAll("\u0000", ""));
const name = text.filter((value) => value !== "");
const optionalName = fc.option(name, { nil: undefined });

const object = (inner: string) => `<Delete><Object>${inner}</Object></Delete>`;

describe("Delete", () => {
  it("comes back as it was written", () => {
    const target = fc.record({
      key: name,
      versionId: optionalName,
      etag: optionalName,
      lastModifiedTime: optionalName,
      size: optionalName,
    });
    fc.assert(
      fc.property(fc.boolean(), fc.array(target, { minLength: 1 }), (quiet, targets) => {
        expect(parseDelete(renderDelete({ quiet, targets }))).toEqual({ quiet, targets });
      }),
    );
  });

  it("takes an empty version for none, and needs a key", () => {
    expect(parseDelete(object("<Key>a</Key><VersionId/>")).targets[0]?.versionId).toBeUndefined();
    for (const inner of ["", "<Key/>", "<VersionId>v</VersionId>"]) {
      expect(() => parseDelete(object(inner))).toThrow(
        expect.objectContaining({ code: "MalformedXML" }),
      );
    }
  });
});

describe("DeleteResult", () => {
  it("comes back as it was written, in order", () => {
    const outcome: fc.Arbitrary<DeleteOutcome> = fc.oneof(
      fc.record({
        kind: fc.constant("deleted" as const),
        key: name,
        versionId: optionalName,
        deleteMarker: fc.boolean(),
        deleteMarkerVersionId: optionalName,
      }),
      fc.record({
        kind: fc.constant("error" as const),
        key: name,
        versionId: optionalName,
        code: name,
        message: text,
      }),
    );
    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        expect(readDeleteResult(parseXml(renderDeleteResult(outcomes)))).toEqual(outcomes);
      }),
    );
  });
});
