import { expect, test } from "vitest";
import { chooseRegion } from "./choose-region.ts";

const commercial = { region: "us-east-1", partition: "aws" };
const gov = { region: "us-gov-west-1", partition: "aws-us-gov" };

test.each([
  ["us-east-1", undefined, commercial, "us-east-1"],
  ["us-east-1", "", commercial, "us-east-1"],
  ["us-east-1", "eu-central-1", commercial, "eu-central-1"],
  ["us-east-1", "EU", commercial, "eu-west-1"],
  ["eu-central-1", "eu-central-1", commercial, "eu-central-1"],
  ["us-gov-west-1", "us-gov-west-1", gov, "us-gov-west-1"],
] as const)(
  "an endpoint of %s makes of constraint %j",
  (endpointRegion, constraint, server, region) => {
    expect(chooseRegion({ constraint, endpointRegion, server })).toBe(region);
  },
);

test.each([
  ["us-east-1", "us-east-1", commercial, "InvalidLocationConstraint"],
  ["us-east-1", "foo", commercial, "InvalidLocationConstraint"],
  ["us-east-1", "aws-global", commercial, "InvalidLocationConstraint"],
  ["us-east-1", "us-gov-west-1", commercial, "InvalidLocationConstraint"],
  ["eu-west-1", "bar", commercial, "IllegalLocationConstraintException"],
  ["eu-west-1", "EU", commercial, "IllegalLocationConstraintException"],
  ["us-west-1", "us-east-1", commercial, "IllegalLocationConstraintException"],
  ["us-east-2", undefined, commercial, "IllegalLocationConstraintException"],
  ["us-gov-west-1", undefined, gov, "IllegalLocationConstraintException"],
  ["US", undefined, commercial, "AuthorizationHeaderMalformed"],
  ["us-gov-west-1", "us-gov-west-1", commercial, "AuthorizationHeaderMalformed"],
] as const)(
  "an endpoint of %s refuses constraint %j",
  (endpointRegion, constraint, server, code) => {
    expect(() => chooseRegion({ constraint, endpointRegion, server })).toThrow(
      expect.objectContaining({ code, status: 400 }),
    );
  },
);

test("the error says which constraint did not fit", () => {
  const question = { endpointRegion: "us-west-1", server: commercial };
  expect(() => chooseRegion({ ...question, constraint: "us-east-2" })).toThrow(
    "The us-east-2 location constraint is incompatible for the region specific endpoint this " +
      "request was sent to.",
  );
  expect(() => chooseRegion({ ...question, constraint: undefined })).toThrow(
    /^The unspecified location/,
  );
});

test("a client that signs for no region at all learns the server's", () => {
  const question = { constraint: undefined, endpointRegion: "US", server: gov };
  expect(() => chooseRegion(question)).toThrow(
    expect.objectContaining({ extra: { Region: "us-gov-west-1" } }),
  );
});
