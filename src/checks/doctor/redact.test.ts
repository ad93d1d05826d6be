import { describe, expect, it } from "vitest";
import { redact } from "./redact.ts";

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

describe("redact", () => {
  it.each([
    ["a key's id", "AKIAIOSFODNN7EXAMPLE", "AKIA********"],
    ["a session's", "from ASIAIOSFODNN7EXAMPLE.", "from ASIA********."],
    [
      "a secret by its name",
      `aws_secret_access_key = ${secret}`,
      "aws_secret_access_key = ********",
    ],
    ["a secret in JSON", `{"SecretAccessKey":"${secret}"}`, '{"SecretAccessKey":"********"}'],
    ["a secret alone", `it was ${secret} there`, "it was ******** there"],
    ["a password in an address", "http://ada:s3cr3t@proxy:3128", "http://********@proxy:3128"],
    [
      "the signature of a link",
      "https://h/k?X-Amz-Date=1&X-Amz-Signature=0123abcd&x=y",
      "https://h/k?X-Amz-Date=1&X-Amz-Signature=********&x=y",
    ],
    ["a header", "Authorization: AWS4-HMAC-SHA256xyz", "Authorization: ********"],
    [
      "an id of AWS's",
      "with the following authorization id: abc-123",
      "authorization id: ********",
    ],
  ])("hides %s", (_, text, shown) => {
    expect(redact(text)).toContain(shown);
  });

  it.each([
    "arn:aws:iam::111122223333:role/Scientist",
    "s3://lab-data/runs/2026-11-27/seed=1/part-00000.parquet",
    "docs/findings/D07.md",
  ])("keeps %s", (text) => expect(redact(text)).toBe(text));

  it("goes through lists and objects, and leaves what is no text", () => {
    const value = { at: ["AKIAIOSFODNN7EXAMPLE", 7, null, { b: true }] };
    expect(redact(value)).toEqual({ at: ["AKIA********", 7, null, { b: true }] });
  });

  it("hides accounts where it is asked to, each by one name throughout", () => {
    const value = [
      "arn:aws:iam::111122223333:root",
      "444455556666 and 111122223333",
      "1234567890123",
    ];
    expect(redact(value, { hidesAccounts: true })).toEqual([
      "arn:aws:iam::ACCOUNT-1:root",
      "ACCOUNT-2 and ACCOUNT-1",
      "1234567890123",
    ]);
    expect(redact(value)).toEqual(value);
  });

  it("names no home folder", () => {
    expect(redact("/srv/people/ada/.env", { home: "/srv/people/ada" })).toBe("~/.env");
    expect(redact("/etc/x", { home: "/" })).toBe("/etc/x");
  });
});
