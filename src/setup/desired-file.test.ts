import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { DocumentFaults } from "../shapes/document-faults.ts";
import { treeOf, unfit } from "../shapes/shape.ts";
import { desiredFileSchema, desiredFileShape, desiredInputOf } from "./desired-file.ts";
import { createDesiredState } from "./desired-state.ts";
import { parseDesiredFile } from "./parse-desired-file.ts";

const everything = `
version: 1
bucket: my-lab-results
region: us-gov-west-1
owner: "111122223333"
endpointUrl: https://s3.us-gov-west-1.amazonaws.com
backend: s3
namespace: global
publicAccessBlock: { BlockPublicAcls: false }
ownership: reset
encryption: { blockCustomerKeys: false }
versioning: Suspended
policy:
  access: least
  principals: ["arn:aws-us-gov:iam::111122223333:role/lab"]
  form: stable
  tlsOnly: true
  minTls: "1.2"
lifecycle: { testPrefix: scratch/, testDays: 3, noncurrentDays: 9, abortUploadDays: 2 }
envFile: unmanaged
`;

const read = (text: string) => parseDesiredFile(text, "sms-storage.yaml");
const lines = (text: string) => {
  try {
    read(text);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
};

describe("sms-storage.yaml", () => {
  it("says everything that a set-up can be told", () => {
    const { wish, lines: at } = read(everything);
    expect(createDesiredState(desiredInputOf(wish, "us-east-1"))).toEqual({
      bucket: "my-lab-results",
      region: "us-gov-west-1",
      ownerAccountId: "111122223333",
      endpointUrl: "https://s3.us-gov-west-1.amazonaws.com",
      namespace: "global",
      publicAccessBlock: {
        BlockPublicAcls: false,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
      ownership: "reset",
      encryption: { algorithm: "AES256", blockCustomerKeys: false },
      versioning: "Suspended",
      policy: {
        access: "least",
        principals: ["arn:aws-us-gov:iam::111122223333:role/lab"],
        form: "stable",
        tlsOnly: true,
        minTls: "1.2",
      },
      lifecycle: { testPrefix: "scratch/", testDays: 3, noncurrentDays: 9, abortUploadDays: 2 },
      envFile: "unmanaged",
    });
    expect([at.get("bucket"), at.get("policy.minTls"), at.get("lifecycle.testDays")]).toEqual([
      3, 18, 19,
    ]);
  });

  it("leaves what it does not say to the defaults, and resets nothing", () => {
    const { wish } = read("version: 1\nbucket: my-lab-results\n");
    const plain = createDesiredState({ bucket: "my-lab-results", region: "us-east-1" });
    expect(createDesiredState(desiredInputOf(wish, "us-east-1"))).toEqual(plain);
    expect(JSON.stringify(plain)).not.toContain("reset");
  });

  it("tells each fault with its line", () => {
    const text =
      "version: 1\nbucket: b\nversionning: Enabled\npolicy:\n  access: all\nlifecycle: { testDays: 0, testPrefix: test }\nowner: 111122223333\n";
    expect(lines(text)).toEqual([
      "sms-storage.yaml has 6 faults:",
      "  sms-storage.yaml:3:1: versionning is unknown here; did you mean versioning?",
      "  sms-storage.yaml:2:9: bucket must be a text of 2 to 255 letters, digits and ._-, a letter or digit first.",
      "  sms-storage.yaml:7:8: owner must be a text; put it in quotes.",
      "  sms-storage.yaml:5:11: policy.access must be least or read-write or admin or none.",
      "  sms-storage.yaml:6:39: lifecycle.testPrefix must be a text of a prefix that ends in a slash, such as test/.",
      "  sms-storage.yaml:6:24: lifecycle.testDays must be a whole number from 1 to 36500.",
    ]);
    expect(lines("version: 1\nbucket: abc\nbucket: abd\n")).toEqual([
      "sms-storage.yaml:3:1: bucket is a name that stands here twice.",
    ]);
    expect(lines("version: 1\nbucket: abc\npolicy: reste\n")).toEqual([
      "sms-storage.yaml:3:9: policy must be unmanaged or reset or a mapping.",
    ]);
  });
});

function parses(value: unknown): boolean {
  const place = { path: [], faults: new DocumentFaults() };
  return desiredFileShape.read(treeOf(value), place) !== unfit;
}

describe("the schema and the parser", () => {
  const takes = new Ajv2020({ allErrors: false }).compile(desiredFileSchema());

  it("agree about every value of a file, replaced by strange ones", () => {
    const whole = {
      version: 1,
      bucket: "my-lab-results",
      region: "us-east-1",
      owner: "111122223333",
      endpointUrl: "https://example.org",
      backend: "s3",
      namespace: "global",
      publicAccessBlock: { BlockPublicAcls: false },
      ownership: "BucketOwnerEnforced",
      encryption: { algorithm: "AES256" },
      versioning: "Enabled",
      policy: { access: "least", principals: "caller", form: "stable", tlsOnly: true },
      lifecycle: { testPrefix: "test/", testDays: 3 },
      envFile: "managed",
    };
    expect([takes(whole), parses(whole)]).toEqual([true, true]);
    const strange = [7, 0, true, null, "", "§", "reset", "unmanaged", [], {}, ["x"], { x: 1 }];
    let refused = 0;
    const differing: unknown[] = [];
    const compare = (value: unknown) => {
      const [bySchema, byParser] = [takes(value), parses(value)];
      if (!byParser) refused += 1;
      if (bySchema !== byParser) differing.push(value);
    };
    for (const [name, value] of Object.entries(whole)) {
      for (const other of strange) compare({ ...whole, [name]: other });
      if (typeof value !== "object") continue;
      for (const inner of Object.keys(value)) {
        for (const other of strange) compare({ ...whole, [name]: { ...value, [inner]: other } });
      }
    }
    expect(differing).toEqual([]);
    expect(refused).toBeGreaterThan(150);
  });

  it("is published; vitest -u writes it anew", async () => {
    const text = `${JSON.stringify(desiredFileSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot("../../docs/sms-storage.schema.json");
  });
});
