import * as fc from "fast-check";
import { expect, it } from "vitest";
import { formatContentSha256, parseContentSha256, type ContentSha256 } from "./content-sha256.ts";

it.each([
  ["UNSIGNED-PAYLOAD", { kind: "unsigned" }],
  ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", { kind: "chunked", mode: "unsigned-trailer" }],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", { kind: "chunked", mode: "signed" }],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", { kind: "chunked", mode: "signed-trailer" }],
  ["ABCDEF0123456789".repeat(4), { kind: "sha256", hex: "abcdef0123456789".repeat(4) }],
])("%s", (text, content) => {
  expect(parseContentSha256(text)).toEqual(content);
});

it.each(["", "abc", "unsigned-payload", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"])(
  "does not know %j",
  (text) => {
    expect(parseContentSha256(text)).toBeUndefined();
  },
);

it("comes back as it was written", () => {
  const content: fc.Arbitrary<ContentSha256> = fc.oneof(
    fc.constant({ kind: "unsigned" } as const),
    fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => ({ kind: "sha256", hex }) as const),
    fc
      .constantFrom("unsigned-trailer", "signed", "signed-trailer")
      .map((mode) => ({ kind: "chunked", mode }) as const),
  );
  fc.assert(
    fc.property(content, (value) => {
      expect(parseContentSha256(formatContentSha256(value))).toEqual(value);
    }),
  );
});
