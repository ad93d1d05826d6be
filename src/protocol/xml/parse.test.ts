import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protocolLimits } from "../../core/limits.ts";
import { S3Error } from "../s3-error.ts";
import { child, childrenNamed, childText, parseXml } from "./parse.ts";
import { element, renderXml, s3Namespace } from "./render.ts";

function refused(source: string | Uint8Array, options = {}): boolean {
  try {
    parseXml(source, options);
    return false;
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return error.code === "MalformedXML";
  }
}

function answerTo(source: string): unknown {
  try {
    return parseXml(source);
  } catch (error) {
    return error instanceof S3Error ? error.code : error;
  }
}

describe("parseXml", () => {
  it("reads elements, prefixes, attributes, comments, CDATA and entities", () => {
    const root = parseXml(
      `\uFEFF<?xml version='1.0' encoding="utf-8" ?>\n<!-- c --><s3:Delete xmlns:s3="u" a='1 "'>
      <s3:Object><Key>a&amp;b &#x1F600;&#13;</Key></s3:Object>
      <Object ><Key><![CDATA[<x>&]]></Key ></Object><Quiet/><?pi x?></s3:Delete>\n`,
      { root: "Delete" },
    );
    expect(childrenNamed(root, "Object").map((entry) => childText(entry, "Key"))).toEqual([
      "a&b 😀\r",
      "<x>&",
    ]);
    expect(childText(root, "Quiet")).toBe("");
    expect(child(root, "Nothing")).toBeUndefined();
  });

  it("keeps white space and normalises line ends", () => {
    expect(parseXml("<a> x\r\ny\rz </a>").text).toBe(" x\ny\nz ");
  });

  it.each([
    "",
    "   ",
    "text",
    "<a>",
    "</a>",
    "<a></b>",
    "<a><b></a></b>",
    "<a/><b/>",
    "<a/>x",
    "x<a/>",
    "<a>&nbsp;</a>",
    "<a>&amp</a>",
    "<a>a & b</a>",
    "<a>&#0;</a>",
    "<a>&#xD800;</a>",
    "<a>&#x110000;</a>",
    "<a b></a>",
    "<a b=c></a>",
    '<a b="<"></a>',
    '<a b="1"c="2"></a>',
    "<1a/>",
    "< a/>",
    "<a><!-- x</a>",
    "<a><![CDATA[x</a>",
    "<a>x</a",
    "</a/>",
    '<?xml version="1.0" encoding="utf-16"?><a/>',
    "<!DOCTYPE a><a/>",
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    '<a><!ENTITY x "y"></a>',
  ])("refuses %j", (source) => {
    expect(refused(source)).toBe(true);
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(refused(Uint8Array.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toBe(true);
  });

  it("refuses another root and too much depth", () => {
    expect(refused("<a/>", { root: "b" })).toBe(true);
    expect(refused("<a><b><c/></b></a>", { maxDepth: 2 })).toBe(true);
    expect(refused("<a><b><c/></b></a>", { maxDepth: 3 })).toBe(false);
    expect(refused(`${"<a>".repeat(20)}${"</a>".repeat(20)}`)).toBe(true);
  });

  it("never throws anything but MalformedXML", () => {
    const piece = fc.constantFrom(
      "<a>",
      "</a>",
      "<b/>",
      "&",
      "&amp;",
      "<![CDATA[",
      "]]>",
      "<",
      ">",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
        expect(() => refused(pieces.join(""))).not.toThrow();
      }),
    );
  });

  it("takes time in proportion to the input", () => {
    const many = `<a>${"<b>x</b>&amp;".repeat(100_000)}</a>`;
    // With work that grows with its square, the last two would outlast the test's time limit.
    expect(parseXml(many).children).toHaveLength(100_000);
    expect(refused(`<a ${" ".repeat(200_000)}`)).toBe(true);
    expect(refused(`<a>${"&".repeat(200_000)}</a>`)).toBe(true);
  });
});

describe("renderXml", () => {
  it("renders declaration, namespace, nesting and values", () => {
    const root = element(
      "R",
      element("N", 5),
      element("B", false),
      undefined,
      [element("X", "1"), element("X", "2")],
      element("Empty"),
    );
    expect(renderXml(root, { namespace: s3Namespace })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<R xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><N>5</N><B>false</B>' +
        "<X>1</X><X>2</X><Empty/></R>",
    );
  });

  it("escapes what XML or its parsers would change", () => {
    expect(renderXml(element("K", `<a & "b">\r\u0001`))).toContain(
      "<K>&lt;a &amp; &quot;b&quot;&gt;&#13;&#x1;</K>",
    );
  });

  it("is read back as it was, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const text = value.toWellFormed().replaceAll("\0", "");
        expect(childText(parseXml(renderXml(element("R", element("K", text)))), "K")).toBe(text);
        const named = { ...element("R"), attributes: { a: text } };
        expect(parseXml(renderXml(named)).name).toBe("R");
      }),
    );
  });
});

it("takes a document as large as S3's largest, and none of millions of elements", () => {
  const part = `<Part>${"<ETag/>".repeat(8)}</Part>`;
  expect(parseXml(`<A>${part.repeat(10_000)}</A>`).children).toHaveLength(10_000);
  expect(() => parseXml(`<A>${"<a/>".repeat(protocolLimits.xmlElements)}</A>`)).toThrow(S3Error);
});

it("reads plain tags as it reads those with blanks in them", () => {
  const name = fc.constantFrom("a", "Key", "ns:Key", "a-b", "é", "k".repeat(256), "k".repeat(257));
  const piece = fc.oneof(
    fc
      .tuple(name, fc.constantFrom("<_>", "</_>", "<_/>"))
      .map(([word, tag]) => tag.replace("_", word)),
    fc.constantFrom("text", "&amp;", "<", "<1>", "<a", "</>"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.boolean(), (pieces, closes) => {
      const inner = pieces.join("");
      const source = closes ? `<r>${inner}</r>` : inner;
      expect(answerTo(source)).toEqual(
        answerTo(source.replaceAll(/(?<=<\/?[^<>\s/]+)(?=\/?>)/g, " ")),
      );
    }),
    { numRuns: 3000 },
  );
});
