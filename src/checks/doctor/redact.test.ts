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
    ["a secret at a sentence's end", `The secret was ${secret}.`, "was ********."],
    ["a header's credentials", "authorization: Bearer abc.def", "authorization: ********"],
    ["a proxy's", '"Proxy-Authorization": "Basic dTpw"', '"Proxy-Authorization": "********"'],
    [
      "the signature of a header",
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261127/x, SignedHeaders=host, Signature=ab12",
      "Credential=AKIA********/20261127/x, SignedHeaders=host, Signature=********",
    ],
    ["a password with an @", "http://ada:s@cr@t@proxy:3128", "http://********@proxy:3128"],
    [
      "a proxy without a scheme",
      "HTTPS_PROXY=ada:s3@proxy:3128",
      "HTTPS_PROXY=********@proxy:3128",
    ],
    ["what is given to curl", "curl -u ada:pw https://h/", "curl -u ******** https://h/"],
    ["a token of S3's answers", "<Token-0>IQoJ-b_3</Token-0>", "<Token-0>********</Token-0>"],
    ["a token of SSO", "got eyJlbmMiOiJBMjU2.AAAA-_b.c", "got ********"],
    ["a short password", "password=pw1 and more", "password=******** and more"],
    ["a cookie", "Set-Cookie: sid=1; path=/", "Set-Cookie: ********"],
    [
      "a link's within a link",
      "u=https%3A%2F%2Fh%3FX-Amz-Signature%3Dab12",
      "X-Amz-Signature%3D********",
    ],
    [
      "a key's file",
      "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
      "-----BEGIN PRIVATE KEY-----********-----END PRIVATE KEY-----",
    ],
    [
      "the code of a sign-in in a link",
      "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH&x=y",
      "/?user_code=********&x=y",
    ],
    ["such a code in an encoded link", "u=%3Fuser_code%3DABCD-EFGH", "user_code%3D********"],
    ["such a code in JSON", '{"userCode":"ABCD-EFGH"}', '{"userCode":"********"}'],
    ["the code of a device", '\\"deviceCode\\": \\"ab-12\\"', 'deviceCode\\": \\"********\\"'],
    [
      "an id of AWS's",
      "with the following authorization id: abc-123",
      "authorization id: ********",
    ],
    [
      "the signature of an old link within a link",
      "u=%3FAWSAccessKeyId%3DAKIAIOSFODNN7EXAMPLE%26Signature%3DNpgCjnDzrM%252Bg%253D",
      "u=%3FAWSAccessKeyId%3DAKIA********%26Signature%3D********",
    ],
    ["that of a link in JSON", "k?a=1\\u0026Signature=Npg%3D", "\\u0026Signature=********"],
    ["a short password in JSON", '{"password":"hunter2"}', '{"password":"********"}'],
    ["one in JSON in JSON", '{\\"token\\":\\"t1\\"}', '{\\"token\\":\\"********\\"}'],
    ["a passphrase", 'password = "my long pass phrase"', 'password = "********"'],
    ["a short password behind a colon", "password: hunter2", "password: ********"],
    ["a password in Ruby", 'password => "hunter2"', 'password => "********"'],
    ["a password with a /", "proxy http://ada:s/x@proxy:3128", "proxy http://********@proxy:3128"],
    ["a list's header", "'Authorization': ['Bearer a.b']", "'Authorization': ['********']"],
    [
      "the answer of Digest",
      'Authorization: Digest username="u", response="66"',
      "Authorization: ********",
    ],
    ["a secret before a dash", `it was ${secret}-x`, "it was ********-x"],
    ["a secret before a word", `it was ${secret}.Next`, "it was ********.Next"],
  ])("hides %s", (_, text, shown) => {
    expect(redact(text)).toContain(shown);
  });

  it.each([
    "arn:aws:iam::111122223333:role/Scientist",
    "s3://lab-data/runs/2026-11-27/seed=1/part-00000.parquet",
    "docs/findings/D07.md",
    "s3://lab/experiments/sequencing/alignment/sample/reads",
    "STORAGE_S3_SECRET_ACCESS_KEY is set without STORAGE_S3_ACCESS_KEY_ID",
    "https://store.example:9000/lab/a@b",
    "s3://Lab/Runs/2026/Experiment-of-November-at-Night/Tables.parquet",
    "the token: expired",
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

  it("hides what is known to be secret wherever it stands, and what a property calls so", () => {
    const known = ["Qumulo-9", "ab"];
    expect(redact(["was (Qumulo-9) there", "abc"], { known })).toEqual([
      "was (********) there",
      "abc",
    ]);
    expect(redact({ sessionToken: "t", hasSecret: true })).toEqual({
      sessionToken: "********",
      hasSecret: true,
    });
  });

  it.each([
    ["percent-encoded", encodeURIComponent],
    ["so twice", (text: string) => encodeURIComponent(encodeURIComponent(text))],
    ["with the escapes of JSON", (text: string) => text.replaceAll("/", "\\/")],
    ["with others", (text: string) => text.replaceAll("+", "\\u002b")],
    ["over lines", (text: string) => text.replaceAll(/.{9}/g, "$&\n  ")],
    ["over lines of JSON", (text: string) => text.replaceAll(/.{9}/g, "$&\\n")],
    ["in small letters", (text: string) => text.toLowerCase()],
    ["in URLs' base64", (text: string) => text.replaceAll("+", "-").replaceAll("/", "_")],
  ])("hides what is known, %s", (_, write) => {
    const long = "ab/cd+Ef/ghIJ/kl7mnop+q";
    expect(redact(`it ${write(long)}; ${write(long)}!`, { known: [long] })).toBe(
      "it ********; ********!",
    );
    expect(redact(`of ab ${write(long).slice(2)}`, { known: ["other-secret-of-24-letters"] })).toBe(
      `of ab ${write(long).slice(2)}`,
    );
  });

  it("hides a short one as it is and percent-encoded, and no words that are alike", () => {
    const known = ["own/secret"];
    expect(redact("own/secret own%2Fsecret own secret", { known })).toBe(
      "******** ******** own secret",
    );
  });

  it.each([
    "token",
    "a/",
    "https",
    "<token",
    "proxy",
    "eyJ",
    "=",
    "a://",
    "proxy=a:",
    "\\",
    "%25",
    "a://a:",
  ])("reads a long text of %s in one pass", (piece) =>
    expect(redact(piece.repeat(20_000), { known: [secret] }).length).toBeGreaterThan(0),
  );

  it("names no home folder", () => {
    expect(redact("/srv/people/ada/.env", { home: "/srv/people/ada" })).toBe("~/.env");
    expect(redact("/etc/x", { home: "/" })).toBe("/etc/x");
  });
});
