import { describe, expect, it } from "vitest";
import type { SettingDocuments } from "../core/bucket-settings.ts";
import {
  bucketDocuments,
  plainSettings,
  type BucketDocument,
  type SettingOperations,
} from "./bucket-documents.ts";
import { operationShape } from "./operations.ts";
import { s3ErrorCodes } from "./error-codes.ts";
import { renderXml, s3Namespace } from "./xml/render.ts";

const rows: [string, SettingOperations][] = Object.entries({
  ...bucketDocuments,
  ...plainSettings,
});

describe("the table of settings", () => {
  it.each(rows)("%s: its operations share one sub-resource and differ in method", (_, setting) => {
    const { get, put, remove } = setting;
    const shapes = [get, put, remove].map((name) => name && operationShape(name));
    const present = shapes.filter((shape) => shape !== undefined);
    expect(new Set(present.map(({ query }) => query)).size).toBe(1);
    expect(present.map(({ scope }) => scope)).toEqual(present.map(() => "bucket"));
    expect(shapes.map((shape) => shape?.method)).toEqual(["GET", put && "PUT", remove && "DELETE"]);
  });

  it("what is not set is an error of 404, where it is one", () => {
    const codes = rows.map(([, { notSet }]) => notSet).filter((code) => typeof code === "string");
    expect(codes.map((code) => s3ErrorCodes[code].status)).toEqual(codes.map(() => 404));
  });
});

/** One of each, so that a new row without its round trip does not compile. */
const samples: { readonly [Name in keyof SettingDocuments]: SettingDocuments[Name] } = {
  cors: {
    CORSRules: [
      {
        ID: "a",
        AllowedHeaders: ["x-amz-*", "Content-Type"],
        AllowedMethods: ["GET", "PUT"],
        AllowedOrigins: ["https://*.example.com", ""],
        ExposeHeaders: ["ETag"],
        MaxAgeSeconds: 0,
      },
      { AllowedMethods: ["HEAD"], AllowedOrigins: ["*"] },
    ],
  },
  encryption: {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
  },
  lifecycle: {
    Rules: [{ ID: "a", Status: "Enabled", Filter: {}, Expiration: { Days: 1 } }],
    TransitionDefaultMinimumObjectSize: "varies_by_storage_class",
  },
  logging: { LoggingEnabled: { TargetBucket: "logs", TargetPrefix: "" } },
  ownership: "ObjectWriter",
  policy: '{ "Version": "2012-10-17" }',
  policyStatus: { isPublic: true },
  publicAccessBlock: {
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: false,
  },
  tags: [{ Key: "a", Value: "" }],
  versioning: "Suspended",
};

it.each(Object.keys(samples) as (keyof SettingDocuments)[])(
  "%s goes over the wire and comes back the same, at both ends",
  (name) => {
    const document = samples[name];
    expect(overTheWire(bucketDocuments[name], document)).toEqual({
      parsed: document,
      answered: { document, unknown: [] },
      lost: undefined,
    });
  },
);

function overTheWire<Document>({ codec }: BucketDocument<Document>, document: Document): object {
  const rendered = codec.render(document);
  const wire =
    typeof rendered === "string" ? rendered : renderXml(rendered, { namespace: s3Namespace });
  const headers = codec.headersOf(document);
  const header = (asked: string): string | undefined => headers[asked];
  return {
    parsed: codec.parse(wire, header),
    answered: codec.parseAnswer(wire, header),
    lost: codec.findUnknown(document),
  };
}
