import { describe, expect, it } from "vitest";
import { nextCall } from "./next-call.ts";

describe("a call that is to be made next", () => {
  it("leads to the same store as this one, and names the bucket once", () => {
    const flags = { bucket: "runs", "endpoint-url": "http://127.0.0.1:9000", region: "eu-west-1" };
    expect(nextCall("plan s3://runs", { flags, envFile: "../a b/.env" })).toBe(
      "sms-storage plan s3://runs --endpoint-url http://127.0.0.1:9000 --region eu-west-1 --dotenv '../a b/.env'",
    );
    expect(nextCall("ls s3://", { flags: {}, envFile: undefined })).toBe("sms-storage ls s3://");
  });

  it("has the wish, where it is given", () => {
    const options = { guard: "account", tlsOnly: false, principal: ["a", "b"], yes: true };
    expect(nextCall("setup s3://runs", { flags: {}, envFile: undefined }, options)).toBe(
      "sms-storage setup s3://runs --principal a b --no-tls-only --guard account",
    );
  });
});
