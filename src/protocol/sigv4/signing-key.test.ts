import { describe, expect, it } from "vitest";
import { protocolLimits } from "../../core/limits.ts";
import { signingKey } from "./signing-key.ts";

describe("signingKey", () => {
  it("derives AWS's published example", () => {
    // Source: AWS General Reference, "Deriving the signing key", IAM example.
    const key = signingKey({
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      date: "20120215",
      region: "us-east-1",
      service: "iam",
    });
    expect(key.toString("hex")).toBe(
      "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d",
    );
  });

  it("is reused for the same scope and differs for each part of it", () => {
    const input = { secretAccessKey: "s", date: "20260101", region: "r", service: "s3" };
    const key = signingKey(input);
    expect(signingKey({ ...input })).toBe(key);
    for (const change of [
      { secretAccessKey: "t" },
      { date: "20260102" },
      { region: "q" },
      { service: "sts" },
    ]) {
      expect(signingKey({ ...input, ...change }).equals(key)).toBe(false);
    }
  });

  it("is forgotten when more keys came than are held", () => {
    const input = { secretAccessKey: "first", date: "20260101", region: "r", service: "s3" };
    const key = signingKey(input);
    for (let count = 0; count < protocolLimits.signingKeys; count += 1) {
      signingKey({ ...input, secretAccessKey: `other-${count}` });
    }
    expect(signingKey(input)).not.toBe(key);
    expect(signingKey(input).equals(key)).toBe(true);
  });
});
