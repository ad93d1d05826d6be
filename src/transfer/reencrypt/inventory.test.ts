import { describe, expect, it } from "vitest";
import { readInventoryManifest } from "./inventory-manifest.ts";
import { bareColumns, readInventoryRow } from "./inventory-row.ts";

const place = { name: "inv.csv", row: 3 };
const columns = ["Bucket", "Key", "IsLatest", "IsDeleteMarker", "Size", "EncryptionStatus"];
const manifest = {
  sourceBucket: "source",
  destinationBucket: "arn:aws-us-gov:s3:::reports",
  fileFormat: "CSV",
  fileSchema: "Bucket, Key, Size",
  files: [{ key: "data/1.csv.gz", MD5checksum: "AB" }],
};

const read = (changes: object) =>
  readInventoryManifest(JSON.stringify({ ...manifest, ...changes }), "m.json");

describe("a row of an inventory", () => {
  it("says what its columns say, its key decoded", () => {
    const row = readInventoryRow('"b","a%2C+%25","true","false","7","SSE-KMS"', columns, place);
    expect(row).toEqual({
      bucket: "b",
      key: "a, %",
      sizeBytes: 7,
      storageClass: undefined,
      encryption: "SSE-KMS",
      isLocked: false,
      isCurrent: true,
    });
  });

  it.each([
    ["b,k,false,false,7,SSE-KMS", false],
    ["b,k,true,true,,", false],
    ["b,k,true,false,7,", true],
  ])("of older versions and delete markers is none of a present object: %s", (line, isCurrent) => {
    expect(readInventoryRow(line, columns, place).isCurrent).toBe(isCurrent);
  });

  it("needs no more than bucket and key where no manifest names its columns", () => {
    expect(readInventoryRow("b,k,more", bareColumns, place)).toMatchObject({ key: "k" });
  });

  it.each([
    ["b,k", columns, "is no row of Bucket, Key, IsLatest"],
    ["b", bareColumns, "is no row of Bucket, Key"],
    ['"b', bareColumns, "is no row"],
    ["b,%zz", bareColumns, "is not URL-encoded"],
    ["b,k,true,false,x,", columns, "has no size"],
  ])("of another form is refused with its place: %s", (line, its, what) => {
    expect(() => readInventoryRow(line, its, place)).toThrow(
      new RegExp(`inv.csv: row 3 .*${what}`),
    );
  });
});

describe("the manifest of an inventory", () => {
  it("names columns and files of any partition's bucket", () => {
    expect(read({})).toEqual({
      sourceBucket: "source",
      destinationBucket: "reports",
      columns: ["Bucket", "Key", "Size"],
      files: [{ key: "data/1.csv.gz", md5: "AB" }],
    });
  });

  it.each([
    [{ fileFormat: "Parquet" }, "is an inventory in Parquet"],
    [{ fileSchema: "message s3.inventory" }, "is no manifest"],
    [{ files: {} }, "is no manifest"],
    [{ files: [{ key: 1 }] }, "is no manifest"],
    [{ sourceBucket: undefined }, "is no manifest"],
  ])("of another form is refused: %j", (changes, message) => {
    expect(() => read(changes)).toThrow(message);
  });

  it("is a document of JSON", () => {
    expect(() => readInventoryManifest("<x/>", "m.json")).toThrow("is no manifest");
    expect(() => readInventoryManifest("7", "m.json")).toThrow("is no manifest");
  });
});
