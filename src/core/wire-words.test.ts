import { describe, expect, it } from "vitest";
import { answerSnippet, plainReason, statusWords } from "./wire-words.ts";

describe("plainReason", () => {
  it("leaves OpenSSL's reason, without addresses and source lines", () => {
    const written =
      "write EPROTO 80ACA3360A7F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version " +
      "number:../deps/openssl/openssl/ssl/record/ssl3_record.c:350:\n";
    expect(plainReason(written)).toBe("wrong version number");
    expect(plainReason("socket hang up")).toBe("socket hang up");
    expect(plainReason("CredentialsProviderError: Error: getaddrinfo ENOTFOUND a.b")).toBe(
      "getaddrinfo ENOTFOUND a.b",
    );
  });
});

describe("answerSnippet", () => {
  it("is one short line", () => {
    expect(answerSnippet(" <html>\n  <b>no</b>\r\n")).toBe("<html> <b>no</b>");
    expect(answerSnippet("x".repeat(10_000))).toHaveLength(200);
  });
});

describe("statusWords", () => {
  it("tells a missing bucket from a missing object as far as it can be told", () => {
    expect(statusWords(404, undefined)).toBe("The bucket does not exist.");
    expect(statusWords(404, "a")).toBe("There is no such object, or no such bucket.");
    expect(statusWords(500, "a")).toBeUndefined();
  });
});
