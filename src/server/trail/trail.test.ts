import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { trailLimits } from "../../core/trail-limits.ts";
import { keys, TestServer } from "../testing-fixtures/test-server.ts";
import { accountId, trailArn, trailPolicy, TrailWorld } from "./testing-fixtures/trail-world.ts";

const allData = {
  EventSelectors: [
    {
      ReadWriteType: "All",
      IncludeManagementEvents: true,
      DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3:::data/"] }],
    },
  ],
};

const [everyData] = allData.EventSelectors;
const dataAlone = { EventSelectors: [{ ...everyData, IncludeManagementEvents: false }] };

const denyAll = (bucket: string) => ({
  Effect: "Deny",
  Principal: { Service: "cloudtrail.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: `arn:aws:s3:::${bucket}/*`,
});

let world: TrailWorld;
beforeEach(async () => {
  world = await TrailWorld.start();
});
afterEach(async () => {
  await world.close();
});

/** A batch delete is an event, and each of its keys is one. */
async function makeEvents(count: number): Promise<void> {
  const listed = Array.from(
    { length: count - 1 },
    (_, key) => `<Object><Key>${key}</Key></Object>`,
  );
  const body = `<Delete>${listed.join("")}</Delete>`;
  const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
  await world.server.send({ method: "POST", path: "/data", query: "delete=", headers, body });
}

const named = (events: readonly Readonly<Record<string, unknown>>[]) =>
  events.map(({ eventName }) => eventName);

describe("a trail's files", () => {
  it("hold a put as CloudTrail records it", async () => {
    await world.trail(allData);
    await world.put("/data/a%20b.txt", "hello", { headers: { "user-agent": "test/1" } });
    const event = (await world.delivered()).find(({ eventName }) => eventName === "PutObject");
    expect(event).toMatchObject({
      eventVersion: "1.11",
      userIdentity: {
        type: "IAMUser",
        principalId: "AIDAADMINAAAAAAAAAAA",
        arn: `arn:aws:iam::${accountId}:user/admin`,
        accountId,
        accessKeyId: keys.admin.accessKeyId,
        userName: "admin",
      },
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      eventSource: "s3.amazonaws.com",
      awsRegion: "us-east-1",
      sourceIPAddress: "127.0.0.1",
      userAgent: "[test/1]",
      requestParameters: { bucketName: "data", key: "a b.txt" },
      responseElements: { "x-amz-server-side-encryption": "AES256" },
      additionalEventData: {
        SignatureVersion: "SigV4",
        AuthenticationMethod: "AuthHeader",
        SSEApplied: "Default_SSE_S3",
        bytesTransferredIn: 5,
        bytesTransferredOut: 0,
      },
      readOnly: false,
      resources: [
        { type: "AWS::S3::Object", ARN: "arn:aws:s3:::data/a b.txt" },
        { type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::data", accountId },
      ],
      eventType: "AwsApiCall",
      managementEvent: false,
      eventCategory: "Data",
      recipientAccountId: accountId,
    });
    expect(event).not.toHaveProperty("errorCode");
    expect(event).not.toHaveProperty("sharedEventID");
    expect(JSON.stringify(event)).not.toContain("Signature=");
  });

  it("have CloudTrail's names, under the prefix, and hold its own writes never", async () => {
    const prefixed = trailPolicy("logs", "audit/");
    await world.putPolicy("logs", prefixed);
    await world.call("CreateTrail", { Name: "audit", S3BucketName: "logs", S3KeyPrefix: "audit/" });
    const everything = [{ DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3"] }] }];
    await world.call("PutEventSelectors", { TrailName: "audit", EventSelectors: everything });
    await world.call("StartLogging", { Name: "audit" });
    await world.put("/data/a");
    await world.delivered();
    const events = await world.delivered();
    const { entries } = world.server.server.engine.listObjects({ bucket: "logs", limit: 10 });
    expect(entries).toHaveLength(1);
    expect(entries[0]?.key).toMatch(
      new RegExp(
        `^audit/AWSLogs/${accountId}/CloudTrail/us-east-1/\\d{4}/\\d\\d/\\d\\d/` +
          `${accountId}_CloudTrail_us-east-1_\\d{8}T\\d{4}Z_\\w{16}\\.json\\.gz$`,
      ),
    );
    expect(named(events)).toContain("PutObject");
    expect(JSON.stringify(events)).not.toContain("_CloudTrail_");
    const widened = await world.call("UpdateTrail", { Name: "audit", IsMultiRegionTrail: true });
    expect(widened).toMatchObject({ IsMultiRegionTrail: true, S3KeyPrefix: "audit" });
    const told = world.server.events.filter(({ kind }) => kind === "trail");
    expect(String(told.map((event) => "error" in event && event.error))).toContain(
      "Choose another",
    );
  });

  it("hold refusals, strangers and nobody, but no bad signatures", async () => {
    await world.trail(allData);
    await world.put("/data/a", "x", { credentials: keys.plain });
    await world.put("/data/b", "x", { credentials: null });
    await world.put("/data/c", "x", { credentials: keys.stranger });
    await world.put("/data/d", "x", {
      credentials: { accessKeyId: keys.admin.accessKeyId, secretAccessKey: "wrong" },
    });
    const events = (await world.delivered()).filter(({ eventName }) => eventName === "PutObject");
    expect(events.map(({ userIdentity }) => userIdentity)).toMatchObject([
      { type: "IAMUser", userName: "plain" },
      { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" },
      { type: "AWSAccount", accountId: "444455556666" },
    ]);
    expect(events.map(({ errorCode }) => errorCode)).toEqual(Array(3).fill("AccessDenied"));
    expect(events[2]).toHaveProperty("sharedEventID");
    expect(events[2]).not.toHaveProperty("userIdentity.arn");
  });

  it("tell a session with its role", async () => {
    await world.trail(allData);
    await world.put("/data/a", "x", { credentials: keys.session });
    const events = await world.delivered();
    expect(events.at(-1)?.["userIdentity"]).toMatchObject({
      type: "AssumedRole",
      principalId: "AROAAAAAAAAAAAAAAAAA:ada",
      arn: `arn:aws:sts::${accountId}:assumed-role/Developer/ada`,
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: "AROAAAAAAAAAAAAAAAAA",
          arn: `arn:aws:iam::${accountId}:role/team/Developer`,
          accountId,
          userName: "Developer",
        },
        attributes: { mfaAuthenticated: "false" },
      },
    });
  });

  it("tell a management call with its document, and a DeleteObjects key by key", async () => {
    const kept = { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject" };
    const Statement = { ...kept, Resource: "arn:aws:s3:::data/b" };
    await world.putPolicy("data", { Version: "2012-10-17", Statement });
    await world.trail(allData);
    await world.server.send({
      method: "PUT",
      path: "/data",
      query: "versioning=",
      body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    });
    await world.put("/data/a");
    const body = "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>";
    await world.server.send({
      method: "POST",
      path: "/data",
      query: "delete=",
      body,
      headers: { "content-md5": createHash("md5").update(body).digest("base64") },
    });
    const events = await world.delivered();
    expect(named(events)).toEqual([
      "StartLogging",
      "PutBucketVersioning",
      "PutObject",
      "DeleteObjects",
      "DeleteObject",
      "DeleteObject",
    ]);
    expect(events[1]).toMatchObject({
      managementEvent: true,
      requestParameters: { VersioningConfiguration: { Status: "Enabled" }, versioning: "" },
    });
    expect(events[3]).not.toHaveProperty("errorCode");
    expect(events[4]).not.toHaveProperty("errorCode");
    expect(events[5]).toMatchObject({
      requestParameters: { bucketName: "data", key: "b" },
      errorCode: "AccessDenied",
    });
  });

  it("tell calls of other services, and no secrets", async () => {
    await world.trail();
    const form = { "content-type": "application/x-www-form-urlencoded" };
    await world.server.send({
      method: "POST",
      path: "/",
      service: "sts",
      headers: form,
      body: "Action=GetSessionToken&Version=2011-06-15&DurationSeconds=900",
    });
    await world.server.send({
      method: "POST",
      path: "/",
      service: "kms",
      headers: { "x-amz-target": "TrentService.CreateKey" },
      body: '{"Description":"for tests"}',
    });
    const events = await world.delivered();
    expect(events.slice(1)).toMatchObject([
      {
        eventSource: "sts.amazonaws.com",
        eventName: "GetSessionToken",
        requestParameters: { durationSeconds: "900" },
        responseElements: { credentials: { accessKeyId: expect.stringMatching(/^ASIA/) } },
      },
      {
        eventSource: "kms.amazonaws.com",
        eventName: "CreateKey",
        requestParameters: { description: "for tests" },
        responseElements: { keyMetadata: { keyState: "Enabled" } },
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/secretAccessKey|"sessionToken"/i);
  });

  it("hold what is done in no region only where the trail takes it", async () => {
    const wanted = { Name: "audit", S3BucketName: "logs" };
    await world.call("CreateTrail", { ...wanted, IncludeGlobalServiceEvents: false });
    await world.call("StartLogging", { Name: "audit" });
    const listUsers = {
      method: "POST",
      path: "/",
      service: "iam",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "Action=ListUsers&Version=2010-05-08",
    } as const;
    await world.server.send(listUsers);
    expect(named(await world.delivered())).toEqual(["StartLogging"]);
    await world.call("UpdateTrail", { Name: "audit", IncludeGlobalServiceEvents: true });
    await world.server.send(listUsers);
    expect(named(await world.delivered())).toContain("ListUsers");
  });

  it("take what advanced selectors choose", async () => {
    await world.trail({
      AdvancedEventSelectors: [
        {
          Name: "writes but logs",
          FieldSelectors: [
            { Field: "eventCategory", Equals: ["Data"] },
            { Field: "resources.type", Equals: ["AWS::S3::Object"] },
            { Field: "readOnly", Equals: ["false"] },
            { Field: "resources.ARN", NotStartsWith: ["arn:aws:s3:::data/tmp/"] },
            { Field: "eventName", StartsWith: ["Put", "Delete"], NotEquals: ["DeleteObject"] },
          ],
        },
      ],
    });
    await world.put("/data/a");
    await world.put("/data/tmp/a");
    await world.server.send({ path: "/data/a" });
    await world.server.send({ method: "DELETE", path: "/data/a" });
    const events = await world.delivered();
    expect(events.map(({ requestParameters }) => requestParameters)).toMatchObject([{ key: "a" }]);
  });
});

describe("a trail whose bucket is gone", () => {
  it("says so in its status, and once in the server's log", async () => {
    await world.trail();
    await world.server.server.engine.deleteBucket("logs");
    await world.call("ListTrails");
    await world.server.server.flushTrails();
    await world.call("ListTrails");
    await world.server.server.flushTrails();
    const status = await world.call("GetTrailStatus", { Name: "audit" });
    expect(status).toMatchObject({ IsLogging: true, LatestDeliveryError: "NoSuchBucket" });
    const told = world.server.events.filter(({ kind }) => kind === "trail");
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ trail: trailArn });
  });
});

describe("a trail's end", () => {
  it("a stop writes what waits, and a file gets every event as a line", async () => {
    const folder = await mkdtemp(join(tmpdir(), "trail-"));
    const trailFile = join(folder, "events.jsonl");
    const directory = join(folder, "store");
    const kept = await TrailWorld.start({ durability: "durable", directory, trailFile });
    await kept.trail(allData);
    await kept.put("/data/a");
    await kept.close();
    const lines = (await readFile(trailFile, "utf8")).trimEnd().split("\n");
    const names = named(lines.map((line) => JSON.parse(line) as Record<string, unknown>));
    expect(names.slice(-2)).toEqual(["StartLogging", "PutObject"]);
    expect(names).toContain("CreateBucket");

    const again = await TestServer.start({ durability: "durable", directory });
    const { entries } = again.server.engine.listObjects({ bucket: "logs", limit: 10 });
    expect(entries).toHaveLength(1);
    await again.close();
    await rm(folder, { recursive: true });
  });

  it("a trail that was stopped or deleted takes no more", async () => {
    await world.trail(allData);
    await world.call("StopLogging", { Name: "audit" });
    await world.put("/data/a");
    expect(named(await world.delivered())).not.toContain("PutObject");
    await world.call("StartLogging", { Name: "audit" });
    await world.call("DeleteTrail", { Name: "audit" });
    await world.put("/data/a");
    expect(named(await world.delivered())).not.toContain("PutObject");
  });

  it("one event more than a file takes comes as two files, the last of one event", async () => {
    await world.trail(dataAlone);
    const { fileEvents } = trailLimits;
    const { server } = world.server;
    await world.putPolicy("logs", { ...trailPolicy("logs"), Statement: [denyAll("logs")] });
    for (let left = fileEvents + 1; left > 0; left -= 667) await makeEvents(Math.min(left, 667));
    await server.flushTrails({ atLast: true });
    expect(await world.delivered()).toEqual([]);
    await world.putPolicy("logs", trailPolicy("logs"));
    await server.flushTrails({ atLast: true });
    const { entries } = server.engine.listObjects({ bucket: "logs", limit: 10 });
    expect(entries).toHaveLength(2);
    const events = await world.delivered();
    expect(events).toHaveLength(fileEvents + 1);
    expect(new Set(events.map(({ eventID }) => eventID)).size).toBe(fileEvents + 1);
  });

  it("events wait for a bucket whose policy comes back", async () => {
    await world.trail(allData);
    await world.delivered();
    await world.server.send({ method: "DELETE", path: "/logs", query: "policy=" });
    await world.put("/data/a");
    await world.server.server.flushTrails();
    const status = await world.call("GetTrailStatus", { Name: "audit" });
    expect(status).toMatchObject({
      LatestDeliveryError: "AccessDenied",
      LatestDeliveryTime: expect.any(Number),
    });
    await world.putPolicy("logs", trailPolicy("logs"));
    await world.server.server.flushTrails({ atLast: true });
    expect(named(await world.delivered())).toContain("PutObject");
    const after = await world.call("GetTrailStatus", { Name: "audit" });
    expect(after).not.toHaveProperty("LatestDeliveryError");
  });
});
