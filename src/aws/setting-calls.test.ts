import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { LifecycleConfiguration } from "../core/bucket-settings.ts";
import {
  closeServers,
  failure,
  refusal,
  scripted,
  xml,
} from "./testing-fixtures/scripted-admin.ts";

afterEach(closeServers);

describe("settings that are not set", () => {
  it.each([
    ["policy", "NoSuchBucketPolicy"],
    ["policyStatus", "NoSuchBucketPolicy"],
    ["lifecycle", "NoSuchLifecycleConfiguration"],
    ["encryption", "ServerSideEncryptionConfigurationNotFoundError"],
    ["publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"],
    ["ownership", "OwnershipControlsNotFoundError"],
    ["tags", "NoSuchTagSet"],
    ["tags", "NoSuchTagSetError"],
  ] as const)("%s: %s is undefined; a missing bucket and a refusal are not", async (name, code) => {
    const { admin } = await scripted(
      refusal(404, code),
      refusal(404, "NoSuchBucket"),
      refusal(403, "AccessDenied"),
    );
    const client = admin();
    expect(await client.read("sims", name)).toBeUndefined();
    expect((await failure(client.read("sims", name))).s3Code).toBe("NoSuchBucket");
    const denied = await failure(client.read("sims", name));
    expect(denied).toMatchObject({ code: "PermissionDenied", status: 403, requestId: "REQ1" });
    expect(denied.remedy).toMatch(/Grant s3:Get\w+/);
  });

  it("reads what Ceph and moto name otherwise", async () => {
    const { admin } = await scripted(
      xml(
        "<BlockPublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>" +
          "</BlockPublicAccessBlockConfiguration>",
      ),
      xml("<GetBucketVersioningResponse><Status>Enabled</Status></GetBucketVersioningResponse>"),
    );
    const client = admin();
    expect(await client.read("sims", "publicAccessBlock")).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    });
    expect(await client.read("sims", "versioning")).toBe("Enabled");
  });

  it("versioning never set", async () => {
    const { admin } = await scripted(xml("<VersioningConfiguration/>"));
    expect(await admin().read("sims", "versioning")).toBeUndefined();
  });

  it.each([
    "lifecycle",
    "encryption",
    "versioning",
    "publicAccessBlock",
    "ownership",
    "tags",
    "policy",
    "policyStatus",
  ] as const)("%s: a store that answers with its listing does not know it", async (name) => {
    const { admin } = await scripted(xml("<ListBucketResult><Name>sims</Name></ListBucketResult>"));
    expect((await failure(admin().read("sims", name))).code).toBe("NotSupported");
  });
});

describe("documents go through one to one", () => {
  const lifecycle: LifecycleConfiguration = {
    TransitionDefaultMinimumObjectSize: "varies_by_storage_class",
    Rules: [
      {
        ID: "all",
        Status: "Enabled",
        Filter: {
          And: {
            Prefix: "test/",
            Tags: [
              { Key: "a", Value: "1" },
              { Key: "b", Value: "" },
            ],
            ObjectSizeGreaterThan: 1,
            ObjectSizeLessThan: 2,
          },
        },
        Expiration: { Days: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 3 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        Transitions: [{ Days: 30, StorageClass: "GLACIER" }],
        NoncurrentVersionTransitions: [
          { NoncurrentDays: 5, NewerNoncurrentVersions: 1, StorageClass: "STANDARD_IA" },
        ],
      },
      { ID: "legacy", Status: "Disabled", Prefix: "", Expiration: { Days: 1 } },
      {
        ID: "empty",
        Status: "Enabled",
        Filter: {},
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
      {
        ID: "date",
        Status: "Enabled",
        Filter: { Prefix: "" },
        Expiration: { Date: "2027-01-01T00:00:00.000Z" },
      },
      {
        ID: "tag",
        Status: "Enabled",
        Filter: { Tag: { Key: "k", Value: "v" } },
        Expiration: { Days: 2 },
      },
      {
        ID: "size",
        Status: "Enabled",
        Filter: { ObjectSizeGreaterThan: 500 },
        Transitions: [{ Date: "2027-01-01T00:00:00.000Z", StorageClass: "GLACIER" }],
      },
    ],
  };

  it("lifecycle: what is put comes back the same, from the request's own text", async () => {
    const { admin, asked } = await scripted({});
    await admin().put("sims", "lifecycle", lifecycle);
    const [put] = asked;
    const size = String(put?.headers["x-amz-transition-default-minimum-object-size"]);
    expect(put?.line).toMatch(/^PUT \/sims\/?\?lifecycle=?$/);
    const echo = await scripted({
      body: put?.body ?? "",
      headers: { "x-amz-transition-default-minimum-object-size": size },
    });
    expect(await echo.admin().read("sims", "lifecycle")).toEqual(lifecycle);
  });

  it("encryption: likewise, blocked kinds included", async () => {
    const value = {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: "aws:kms",
            KMSMasterKeyID: "arn:aws:kms:us-east-1:123456789012:key/x",
          },
          BucketKeyEnabled: true,
          BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
        },
      ],
    } as const;
    const { admin, asked } = await scripted({});
    await admin().put("sims", "encryption", value);
    const echo = await scripted({ body: asked[0]?.body ?? "" });
    expect(await echo.admin().read("sims", "encryption")).toEqual(value);
  });

  it("policy text, access block, ownership, tags and versioning", async () => {
    const policy = '{ "Version": "2012-10-17",\n "Statement": [] }';
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: false,
    };
    const { admin, asked } = await scripted({});
    const client = admin();
    await client.put("sims", "policy", policy);
    await client.put("sims", "publicAccessBlock", block);
    await client.put("sims", "ownership", "BucketOwnerEnforced");
    await client.put("sims", "tags", [{ Key: "a", Value: "" }]);
    await client.put("sims", "versioning", "Enabled");
    expect(asked[0]?.body).toBe(policy);
    const echo = await scripted(...asked.map(({ body }) => ({ body })));
    const reader = echo.admin();
    expect(await reader.read("sims", "policy")).toBe(policy);
    expect(await reader.read("sims", "publicAccessBlock")).toEqual(block);
    expect(await reader.read("sims", "ownership")).toBe("BucketOwnerEnforced");
    expect(await reader.read("sims", "tags")).toEqual([{ Key: "a", Value: "" }]);
    expect(await reader.read("sims", "versioning")).toBe("Enabled");
  });

  it("names a property that S3 does not know, before any request", async () => {
    const { admin, asked } = await scripted({});
    const guide = { Rules: [{ Id: "x", Status: "Enabled", Prefix: "test/" }] };
    const error = await failure(
      admin().put("sims", "lifecycle", guide as unknown as LifecycleConfiguration),
    );
    expect(error.code).toBe("InvalidArgument");
    expect(error.message).toBe("S3 knows no Id in lifecycle.Rules[0].");
    expect(error.remedy).toBe("Write ID.");
    expect(asked).toEqual([]);
  });

  const newer =
    "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter/>" +
    "<DelMarkerExpiration><Days>1</Days></DelMarkerExpiration></Rule>" +
    "<Rule><ID>b</ID><Status>Enabled</Status><Filter><Age>2</Age></Filter></Rule><Note/>" +
    "</LifecycleConfiguration>";
  const mine = { ID: "mine", Status: "Enabled" as const, Filter: {}, Expiration: { Days: 3 } };

  it("reads around elements that are newer than this version, and writes them back in their places", async () => {
    const { admin, asked } = await scripted(xml(newer), {});
    const client = admin();
    const read = await client.read("sims", "lifecycle");
    const [a, b] = read?.Rules ?? [];
    if (a === undefined || b === undefined) throw new Error("two rules were given");
    expect(a).toMatchObject({ ID: "a", Filter: {} });
    await client.put("sims", "lifecycle", { Rules: [mine, b, { ...a, Expiration: { Days: 9 } }] });
    const body = asked[1]?.body ?? "";
    expect(body).toMatch(
      /<Rule>(?:(?!<Rule>).)*<ID>a<\/ID>(?:(?!<Rule>).)*<DelMarkerExpiration><Days>1<\/Days><\/DelMarkerExpiration><\/Rule>/,
    );
    expect(body).toContain("<Age>2</Age></Filter>");
    expect(body).toContain("<Note/></LifecycleConfiguration>");
    expect(body.match(/<Rule>/g)).toHaveLength(3);
    expect(body.match(/DelMarkerExpiration>/g)).toHaveLength(2);
  });

  it("a rule that goes takes its own with it, and lends none of it to another", async () => {
    const { admin, asked } = await scripted(
      xml(newer.replace(/<Rule><ID>b<.*?<\/Rule><Note\/>/, "")),
      {},
    );
    const client = admin();
    await client.read("sims", "lifecycle");
    await client.put("sims", "lifecycle", { Rules: [mine] });
    expect(asked[1]?.body).not.toContain("DelMarkerExpiration");
  });

  it.each([
    ["a part that has lost its place", newer, (rule: object) => [{ ...rule, Filter: undefined }]],
    [
      "what has attributes, which are not read",
      newer.replace("<Note/>", '<Note type="x"/>'),
      (rule: object) => [rule],
    ],
  ])("refuses to write %s", async (_, answer, next) => {
    const { admin, asked } = await scripted(xml(answer));
    const client = admin();
    const read = await client.read("sims", "lifecycle");
    const Rules = next(read?.Rules[1] ?? {}) as never;
    const error = await failure(client.put("sims", "lifecycle", { Rules }));
    expect(error).toMatchObject({ code: "NotSupported" });
    expect(error.message).toContain("DelMarkerExpiration");
    expect(asked).toHaveLength(1);
  });

  it("likewise for every setting, until the document is gone", async () => {
    const { admin, asked } = await scripted(
      xml(
        "<OwnershipControls><Rule><ObjectOwnership>New</ObjectOwnership><By/></Rule></OwnershipControls>",
      ),
      { status: 204 },
    );
    const client = admin();
    expect(await client.read("sims", "ownership")).toBe("New");
    await client.put("sims", "ownership", "ObjectWriter");
    expect(asked[1]?.body).toContain(
      "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership><By/></Rule>",
    );
    await client.put("other", "ownership", "ObjectWriter");
    await client.remove("sims", "ownership");
    await client.put("sims", "ownership", "ObjectWriter");
    expect(asked).toHaveLength(5);
    for (const put of [asked[2], asked[4]]) expect(put?.body).not.toContain("By");
  });

  it.each([
    ["encryption", "encryption"],
    ["lifecycle", "lifecycle"],
    ["ownership", "ownershipControls"],
    ["policy", "policy"],
    ["publicAccessBlock", "publicAccessBlock"],
    ["tags", "tagging"],
  ] as const)("removes %s", async (name, query) => {
    const { admin, asked } = await scripted({ status: 204 });
    await admin({ expectedBucketOwner: "123456789012" }).remove("sims", name);
    expect(asked[0]?.line).toMatch(new RegExp(`^DELETE /sims/?\\?${query}=?$`));
    expect(asked[0]?.headers["x-amz-expected-bucket-owner"]).toBe("123456789012");
  });

  it("carries both digests on foreign stores, old ones asking for Content-MD5", async () => {
    const { admin, asked } = await scripted({});
    await admin().put("sims", "lifecycle", { Rules: [] });
    const [put] = asked;
    const md5 = createHash("md5")
      .update(put?.body ?? "")
      .digest("base64");
    expect(put?.headers["content-md5"]).toBe(md5);
    expect(put?.headers["expect"]).toBeUndefined();
  });
});
