import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../testing-fixtures/any-text.ts";
import { renderXml } from "../xml/render.ts";
import { parseError, renderError } from "./error.ts";

it("is as S3 sends it", () => {
  const document = { code: "NoSuchKey", message: "Not < here", details: { Key: "a", HostId: "h" } };
  expect(renderXml(renderError(document))).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>' +
      "<Message>Not &lt; here</Message><Key>a</Key><HostId>h</HostId></Error>",
  );
});

it.each(["", "<html></html>", "<Error>", "no XML", "<ErrorResponse><Error/></ErrorResponse>"])(
  "is not found in %j",
  (text) => {
    expect(parseError(text)).toBeUndefined();
  },
);

it("may lack a code and stand between blanks", () => {
  expect(parseError("\n <Error><Message>m</Message></Error>\n")).toEqual({
    code: undefined,
    message: "m",
    details: {},
  });
});

it("comes back as it was written", () => {
  const text = anyText.map((value) => value.replaceAll("\u0000", ""));
  const details = fc.dictionary(fc.constantFrom("Key", "RequestId", "HostId", "Region"), text, {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(fc.record({ code: text, message: text, details }), (document) => {
      expect(parseError(renderXml(renderError(document)))).toEqual(document);
    }),
  );
});
