import { describe, expect, it } from "vitest";
import { S3Error } from "../s3-error.ts";
import { parseXml } from "../xml/parse.ts";
import { renderXml } from "../xml/render.ts";
import { boolean, choice, date, integer, text, word } from "./scalars.ts";
import { list, required, structure } from "./shape.ts";

interface Shelf {
  readonly Name: string;
  readonly Kind?: "open" | "closed";
  readonly Books?: readonly { readonly Title: string; readonly Pages?: number }[];
}

const shelf = structure<Shelf>({
  Name: required(text),
  Kind: choice("open", "closed"),
  Books: list(structure({ Title: required(word), Pages: integer }), "Book"),
});

const read = (xml: string, unknown?: Set<string>) =>
  shelf.parse(parseXml(`<Shelf>${xml}</Shelf>`), unknown === undefined ? {} : { unknown });

describe("a structure as S3 reads what it is sent", () => {
  it("writes and reads members by their elements, lists side by side", () => {
    const value: Shelf = { Name: " a ", Books: [{ Title: "x", Pages: 1 }, { Title: "y" }] };
    const xml = renderXml(shelf.render("Shelf", value));
    expect(xml).toContain("<Name> a </Name><Book><Title>x</Title><Pages>1</Pages></Book><Book>");
    expect(shelf.parse(parseXml(xml), {})).toEqual(value);
  });

  it("leaves out what is not there, empty lists too", () => {
    expect(read("<Name/>")).toEqual({ Name: "" });
  });

  it.each([
    "",
    "<Name>a</Name><Name>b</Name>",
    "<Name>a</Name><Colour/>",
    "<Name>a</Name><Kind>Open</Kind>",
    "<Name>a</Name><Book/>",
    "<Name>a</Name><Book><Title>x</Title><Pages>many</Pages></Book>",
  ])("refuses %j", (xml) => {
    expect(() => read(xml)).toThrow(S3Error);
  });
});

describe("a structure as a client reads an answer", () => {
  it("reads around what it does not know, and names it once", () => {
    const unknown = new Set<string>();
    const book = "<Book><Title>x</Title><Isbn><Group/></Isbn></Book>";
    expect(read(`<Colour/><Kind>glass</Kind>${book}${book}`, unknown)).toEqual({
      Kind: "glass",
      Books: [{ Title: "x" }, { Title: "x" }],
    });
    expect([...unknown]).toEqual(["Colour", "Isbn"]);
  });

  it("takes the first of what came twice, and no number for a number", () => {
    expect(read("<Name>a</Name><Name>b</Name>", new Set())).toEqual({ Name: "a" });
    expect(() => read("<Book><Pages>many</Pages></Book>", new Set())).toThrow(S3Error);
  });
});

describe("properties that would be left out", () => {
  it.each([
    [
      { Name: "a", Colour: 1 },
      { place: "", name: "Colour", meant: undefined },
    ],
    [{ name: "a" }, { place: "", name: "name", meant: "Name" }],
    [
      { Name: "a", Books: [{ Title: "x" }, { Title: "y", pages: 1 }] },
      { place: ".Books[1]", name: "pages", meant: "Pages" },
    ],
  ])("%j", (value, found) => {
    expect(shelf.findUnknown(value as unknown as Shelf)).toEqual(found);
  });

  it("none in a whole one, nor in what is no structure at all", () => {
    expect(shelf.findUnknown({ Name: "a", Books: [{ Title: "x", Pages: 1 }] })).toBeUndefined();
    for (const junk of ["text", null, { Name: "a", Books: "none" }]) {
      expect(shelf.findUnknown(junk as unknown as Shelf)).toBeUndefined();
    }
  });
});

it("writes a date in full, however it was given", () => {
  expect(renderXml(date.render("D", "2026-01-01"))).toContain("<D>2026-01-01T00:00:00.000Z</D>");
});

it.each([
  [boolean, " TRUE ", true],
  [boolean, "0", false],
  [integer, " -3 ", -3],
  [word, " x ", "x"],
  [date, "2026-01-01T00:00:00", "2026-01-01T00:00:00.000Z"],
])("a scalar reads %#", (shape, given, value) => {
  expect(shape.parse({ name: "V", text: given, children: [] }, {})).toBe(value);
});
