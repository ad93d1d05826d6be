import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "../testing-fixtures/test-server.ts";
import { trailArn, TrailWorld } from "./testing-fixtures/trail-world.ts";

let world: TrailWorld;
beforeAll(async () => {
  world = await TrailWorld.start();
  await world.call("CreateTrail", {
    Name: "audit",
    S3BucketName: "logs",
    IsMultiRegionTrail: true,
    TagsList: [{ Key: "team", Value: "lab" }],
  });
});
afterAll(async () => {
  await world.close();
});

describe("trails", () => {
  it("are described, found by name and by ARN, from every region that they cover", async () => {
    const wanted = {
      Name: "audit",
      S3BucketName: "logs",
      IncludeGlobalServiceEvents: true,
      IsMultiRegionTrail: true,
      TrailARN: trailArn,
      HomeRegion: "us-east-1",
      LogFileValidationEnabled: false,
      HasCustomEventSelectors: false,
    };
    const elsewhere = { region: "eu-central-1" };
    expect(await world.call("DescribeTrails")).toMatchObject({ trailList: [wanted] });
    const all = await world.call("DescribeTrails", { trailNameList: [trailArn] }, elsewhere);
    expect(all).toMatchObject({ trailList: [wanted] });
    const own = await world.call("DescribeTrails", { includeShadowTrails: false }, elsewhere);
    expect(own).toEqual({ trailList: [] });
    expect(await world.call("GetTrail", { Name: trailArn })).toMatchObject({ Trail: wanted });
    expect(await world.call("ListTrails")).toMatchObject({ Trails: [{ TrailARN: trailArn }] });
  });

  it("start, stop and tell when", async () => {
    await world.call("StartLogging", { Name: "audit" });
    expect(await world.call("GetTrailStatus", { Name: "audit" })).toMatchObject({
      IsLogging: true,
      StartLoggingTime: expect.any(Number),
    });
    await world.call("StopLogging", { Name: trailArn });
    const status = await world.call("GetTrailStatus", { Name: "audit" });
    expect(status).toMatchObject({ IsLogging: false, StopLoggingTime: expect.any(Number) });
  });

  it("have tags, which change", async () => {
    const ResourceId = trailArn;
    await world.call("AddTags", { ResourceId, TagsList: [{ Key: "a", Value: "1" }] });
    await world.call("RemoveTags", { ResourceId, TagsList: [{ Key: "team" }] });
    expect(await world.call("ListTags", { ResourceIdList: [ResourceId] })).toEqual({
      ResourceTagList: [{ ResourceId, TagsList: [{ Key: "a", Value: "1" }] }],
    });
  });

  it("give their selectors back as they were put", async () => {
    const AdvancedEventSelectors = [
      {
        Name: "reads",
        FieldSelectors: [
          { Field: "eventCategory", Equals: ["Data"] },
          { Field: "resources.type", Equals: ["AWS::S3::Object"] },
          { Field: "resources.ARN", StartsWith: ["arn:aws:s3:::data/"] },
        ],
      },
    ];
    const put = { TrailName: "audit", AdvancedEventSelectors };
    expect(await world.call("PutEventSelectors", put)).toEqual({
      TrailARN: trailArn,
      AdvancedEventSelectors,
    });
    const got = await world.call("GetEventSelectors", { TrailName: "audit" });
    expect(got).toEqual({ TrailARN: trailArn, AdvancedEventSelectors });
  });
});

const advanced = (...FieldSelectors: object[]) => ({
  TrailName: "audit",
  AdvancedEventSelectors: [{ FieldSelectors }],
});
const basic = (selector: object) => ({ TrailName: "audit", EventSelectors: [selector] });

it.each([
  ["CreateTrail", { Name: "ab", S3BucketName: "logs" }, "InvalidTrailNameException"],
  ["CreateTrail", { Name: "a b c", S3BucketName: "logs" }, "InvalidTrailNameException"],
  ["CreateTrail", { Name: "192.0.2.1", S3BucketName: "logs" }, "InvalidTrailNameException"],
  ["CreateTrail", { Name: "audit", S3BucketName: "logs" }, "TrailAlreadyExistsException"],
  ["CreateTrail", { Name: "other", S3BucketName: "none" }, "S3BucketDoesNotExistException"],
  ["CreateTrail", { Name: "other", S3BucketName: "X" }, "InvalidS3BucketNameException"],
  // The policy names another trail, or lets nobody in.
  ["CreateTrail", { Name: "other", S3BucketName: "logs" }, "InsufficientS3BucketPolicyException"],
  ["UpdateTrail", { Name: "audit", S3BucketName: "data" }, "InsufficientS3BucketPolicyException"],
  ["UpdateTrail", { Name: "audit", S3KeyPrefix: "p" }, "InsufficientS3BucketPolicyException"],
  [
    "UpdateTrail",
    { Name: "audit", IncludeGlobalServiceEvents: false },
    "InvalidParameterCombinationException",
  ],
  ["UpdateTrail", { Name: "audit", KmsKeyId: "alias/a" }, "UnsupportedOperationException"],
  [
    "UpdateTrail",
    { Name: "audit", EnableLogFileValidation: true },
    "UnsupportedOperationException",
  ],
  ["DeleteTrail", { Name: "nobody" }, "TrailNotFoundException"],
  ["StartLogging", { Name: trailArn.replace("1111", "4444") }, "TrailNotFoundException"],
  ["PutEventSelectors", { TrailName: "audit" }, "InvalidEventSelectorsException"],
  ["PutEventSelectors", basic({ ReadWriteType: "Some" }), "InvalidEventSelectorsException"],
  [
    "PutEventSelectors",
    basic({ DataResources: [{ Type: "AWS::S3::Object", Values: ["data"] }] }),
    "InvalidEventSelectorsException",
  ],
  [
    "PutEventSelectors",
    advanced({ Field: "resources.type", Equals: ["AWS::S3::Object"] }),
    "InvalidEventSelectorsException",
  ],
  [
    "PutEventSelectors",
    advanced({ Field: "eventCategory", Equals: ["Management"] }, { Field: "weather" }),
    "InvalidEventSelectorsException",
  ],
  [
    "PutEventSelectors",
    advanced({ Field: "eventCategory", StartsWith: ["Data"] }),
    "InvalidEventSelectorsException",
  ],
  ["LookupEvents", { MaxResults: 51 }, "ValidationException"],
  ["LookupEvents", { NextToken: "x" }, "InvalidNextTokenException"],
  [
    "LookupEvents",
    { LookupAttributes: [{ AttributeKey: "Weather", AttributeValue: "x" }] },
    "InvalidLookupAttributesException",
  ],
  ["LookupEvents", { StartTime: 2, EndTime: 1 }, "InvalidTimeRangeException"],
  ["ListTags", { ResourceIdList: ["x"] }, "ResourceNotFoundException"],
  ["CreateTrail", [], "SerializationException"],
  ["GetTrail", { Name: 1 }, "SerializationException"],
  ["CreateChannel", {}, "UnknownOperationException"],
])("%s of %j is refused with %s", async (name, input, code) => {
  expect(await world.call(name, input)).toMatchObject({
    __type: code,
    message: expect.stringMatching(/./),
  });
});

it("only home changes a trail", async () => {
  const answer = await world.call("DeleteTrail", { Name: "audit" }, { region: "eu-central-1" });
  expect(answer).toMatchObject({ __type: "InvalidHomeRegionException" });
});

it("nobody is let in without a right, told or not whether there is such a trail", async () => {
  const credentials = keys.plain;
  for (const Name of ["audit", "nobody"]) {
    const answer = await world.call("GetTrailStatus", { Name }, { credentials });
    expect(answer).toMatchObject({
      __type: "AccessDeniedException",
      message: expect.stringContaining(
        `cloudtrail:GetTrailStatus on resource: ${trailArn.slice(0, 40)}`,
      ),
    });
  }
  const unsigned = await world.call("ListTrails", {}, { credentials: keys.stranger });
  expect(unsigned).toEqual({ Trails: [] });
});

it("there are five trails in a region at most", async () => {
  const anyTrail = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:*",
      Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
    },
  });
  await world.putPolicy("data", JSON.parse(anyTrail));
  const answers: unknown[] = [];
  for (const name of ["two", "three", "four", "five", "six"]) {
    answers.push((await world.call("CreateTrail", { Name: name, S3BucketName: "data" }))["__type"]);
  }
  expect(answers).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    "MaximumNumberOfTrailsExceededException",
  ]);
  const elsewhere = { region: "eu-central-1" };
  const create = async (Name: string) =>
    (await world.call("CreateTrail", { Name, S3BucketName: "data" }, elsewhere))["__type"];
  // A trail of all regions is in each of them.
  expect(await create("audit")).toBe("TrailAlreadyExistsException");
  expect(await create("two")).toBeUndefined();
});
