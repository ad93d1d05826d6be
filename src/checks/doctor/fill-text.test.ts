import { expect, it } from "vitest";
import type { DoctorFacts } from "./doctor-facts.ts";
import { fillCommand, fillStatement, fittingCommands, placesOf } from "./fill-text.ts";
import type { Symptom } from "./symptom.ts";

const place: DoctorFacts = {
  bucket: "lab",
  region: "us-east-1",
  endpointUrl: undefined,
  partition: "aws",
  store: "aws",
};
const symptom: Symptom = { tried: "x", message: "y", details: {} };
const key = (id: number) => `arn:aws:kms:us-east-1:111122223333:key/${id}`;
const state = { arn: key(2), state: "Enabled", manager: "CUSTOMER" as const, description: "" };
const arnOf = (resource: string): string => `arn:aws:iam::111122223333:${resource}`;
const session = (role: string) => `arn:aws:sts::111122223333:assumed-role/${role}/ada`;
const denialOf = (resource: string) => ({ denial: { cause: "not-told", resource } as const });

const kmsKeyOf = (facts: Partial<DoctorFacts>, more: Partial<Symptom>) =>
  placesOf({ ...place, ...facts }, { ...symptom, ...more }).get("kmsKey");

it("the key that was refused goes before the bucket's, and that before one that is only named", () => {
  const facts = { keyState: state, kmsKey: "alias/lab" };
  expect(kmsKeyOf(facts, denialOf(key(1)))).toBe(key(1));
  expect(kmsKeyOf(facts, denialOf("arn:aws:s3:::lab/a"))).toBe(key(2));
  expect(kmsKeyOf({ kmsKey: "alias/lab" }, { message: `${key(3)} is disabled.` })).toBe(
    "alias/lab",
  );
  expect(kmsKeyOf({}, { message: `${key(3)} is disabled.` })).toBe(key(3));
});

it("commands are those for the kind of caller, whose roles of SSO no command changes", () => {
  const lines = ["put-role-policy {roleName}", "put-user-policy {userName}", "list"];
  const of = (arn: string | undefined) => {
    const caller = arn === undefined ? {} : { caller: { accountId: "1", arn, userId: "u" } };
    return fittingCommands(lines, placesOf({ ...place, ...caller }, symptom));
  };
  expect(of(arnOf("user/lab/ada"))).toEqual(["put-user-policy {userName}", "list"]);
  expect(of(session("Scientist"))).toEqual(["put-role-policy {roleName}", "list"]);
  expect(of(session("AWSReservedSSO_Lab_0123456789abcdef"))).toEqual(["list"]);
  expect(of(undefined)).toEqual(lines);
});

it("a command on this machine names no proxy", () => {
  const lines = ["export HTTPS_PROXY=x", "list"];
  const of = (host: string) => fittingCommands(lines, placesOf({ ...place, host }, symptom));
  expect(of("localhost:9000")).toEqual(["list"]);
  expect(of("127.0.0.1")).toEqual(["list"]);
  expect(of("localhost.example.org")).toEqual(lines);
});

it("a value ends no word of a command, and a place that is not known stands in capitals", () => {
  const places = placesOf({ ...place, bucket: "lab; rm -rf ~" }, symptom);
  expect(fillCommand("ls s3://{bucket} {bucketRegion}", places)).toBe(
    "ls s3://'lab; rm -rf ~' BUCKET_REGION",
  );
});

it("a statement for the caller names its role for good, and keeps its own conditions", () => {
  const arn = "arn:aws:sts::111122223333:assumed-role/Scientist/ada";
  const places = placesOf({ ...place, caller: { accountId: "1", arn, userId: "u" } }, symptom);
  const statement = {
    Effect: "Allow",
    Principal: { AWS: "{principal}" },
    Resource: "arn:{partition}:s3:::{bucket}",
    Condition: { Bool: { "aws:SecureTransport": "true" } },
  };
  expect(fillStatement(statement, places)).toEqual({
    Effect: "Allow",
    Principal: { AWS: arnOf("root") },
    Resource: "arn:aws:s3:::lab",
    Condition: {
      Bool: { "aws:SecureTransport": "true" },
      ArnLike: { "aws:PrincipalArn": [arnOf("role/Scientist"), arnOf("role/*/Scientist")] },
    },
  });
});
