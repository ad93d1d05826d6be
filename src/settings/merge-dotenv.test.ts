import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isStorageError } from "../core/errors.ts";
import { mergeDotenv } from "./merge-dotenv.ts";
import { parseDotenv } from "./parse-dotenv.ts";

function refused(values: Record<string, string>): boolean {
  try {
    mergeDotenv("", values);
    return false;
  } catch (error) {
    return isStorageError(error, "InvalidArgument");
  }
}

function read(text: string): Map<string, string> {
  return new Map(parseDotenv(text).entries.map(({ name, value }) => [name, value]));
}

describe("merging into a .env file", () => {
  it("replaces in place, keeps the rest, adds at the end", () => {
    const before = [
      "# SMS API",
      'export STORAGE_S3_BUCKET="${BUCKET_NAME}" # the bucket',
      "MONGODB_URI='mongodb://x'",
      "",
      "# last",
    ].join("\n");
    const { text, changed } = mergeDotenv(before, {
      STORAGE_S3_BUCKET: "sims-1",
      STORAGE_S3_REGION: "us-gov-west-1",
    });
    expect(text).toBe(
      [
        "# SMS API",
        "STORAGE_S3_BUCKET=sims-1 # the bucket",
        "MONGODB_URI='mongodb://x'",
        "",
        "# last",
        "STORAGE_S3_REGION=us-gov-west-1",
        "",
      ].join("\n"),
    );
    expect(changed).toEqual(["STORAGE_S3_BUCKET", "STORAGE_S3_REGION"]);
  });

  it("changes nothing when the values stand there already, however written", () => {
    const before = 'export STORAGE_S3_BUCKET="sims-1"\n';
    expect(mergeDotenv(before, { STORAGE_S3_BUCKET: "sims-1" })).toEqual({
      text: before,
      changed: [],
    });
  });

  it("changes the last of equal names, which is the one that counts", () => {
    expect(mergeDotenv("A=1\nB=2\nA=3\n", { A: "4" }).text).toBe("A=1\nB=2\nA=4\n");
  });

  it("replaces a value of several lines whole", () => {
    expect(mergeDotenv('A="1\n2"\nB=3\n', { A: "x" }).text).toBe("A=x\nB=3\n");
  });

  it("keeps Windows line ends", () => {
    expect(mergeDotenv("A=1\r\n", { A: "2", B: "3" }).text).toBe("A=2\r\nB=3\r\n");
  });

  it("refuses secrets and names that are none", () => {
    expect(refused({ STORAGE_S3_SECRET_ACCESS_KEY: "x" })).toBe(true);
    expect(refused({ STORAGE_QUMULO_ACCESS_KEY_ID: "x" })).toBe(true);
    expect(refused({ "A B": "x" })).toBe(true);
    expect(refused({ STORAGE_S3_BUCKET: "x" })).toBe(false);
    expect(
      mergeDotenv("", { STORAGE_S3_SECRET_ACCESS_KEY: "x" }, { allowSecrets: true }).text,
    ).toBe("STORAGE_S3_SECRET_ACCESS_KEY=x\n");
  });

  it("writes what reads back the same, is idempotent and leaves other names alone", () => {
    const name = fc.constantFrom("A", "B", "C", "D");
    const text = fc
      .array(fc.tuple(name, fc.string()), { maxLength: 5 })
      .map((pairs) => mergeDotenv("# x\n", Object.fromEntries(pairs)).text);
    fc.assert(
      fc.property(text, name, fc.string({ unit: "grapheme" }), (before, key, value) => {
        const { text: after } = mergeDotenv(before, { [key]: value });
        expect(read(after)).toEqual(new Map([...read(before), [key, value]]));
        expect(mergeDotenv(after, { [key]: value }).changed).toEqual([]);
      }),
    );
  });
});
