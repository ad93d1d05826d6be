import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QueryParameters, uriEncode } from "./query.ts";

describe("uriEncode", () => {
  it("escapes everything but AWS's unreserved letters, in upper-case hex", () => {
    expect(uriEncode("a b+c/d~e!'()*é=&%")).toBe("a%20b%2Bc%2Fd~e%21%27%28%29%2A%C3%A9%3D%26%25");
  });

  it("keeps slashes of paths when asked", () => {
    expect(uriEncode("a/b c", { keepSlash: true })).toBe("a/b%20c");
    expect(uriEncode("a/b", { keepSlash: true })).toBe("a/b");
  });

  it("replaces a lone surrogate instead of failing", () => {
    expect(uriEncode("\ud800")).toBe("%EF%BF%BD");
  });
});

describe("QueryParameters", () => {
  it("decodes once and reads + as a space", () => {
    const query = QueryParameters.parse("prefix=a%2Bb+c&prefix=second&uploads&x=1=2&&=e");
    expect(query.get("prefix")).toBe("a+b c");
    expect(query.get("uploads")).toBe("");
    expect(query.get("x")).toBe("1=2");
    expect(query.has("Uploads")).toBe(false);
    expect(query.get("absent")).toBeUndefined();
    expect(query.entries()).toHaveLength(5);
  });

  it("brings every pair back", () => {
    const text = fc.string({ unit: "binary" }).map((value) => value.toWellFormed());
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        const raw = pairs.map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`);
        expect(QueryParameters.parse(raw.join("&")).entries()).toEqual(pairs);
      }),
    );
  });
});
