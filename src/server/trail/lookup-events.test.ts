import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keys } from "../testing-fixtures/test-server.ts";
import { accountId, TrailWorld } from "./testing-fixtures/trail-world.ts";

const roleArn = `arn:aws:iam::${accountId}:role/team/Developer`;

let world: TrailWorld;
beforeEach(async () => {
  world = await TrailWorld.start();
});
afterEach(async () => {
  await world.close();
});

describe("without a trail", () => {
  it("recent management events can be looked up, and data events cannot", async () => {
    await world.put("/data/a");
    const { Events } = (await world.call("LookupEvents", {
      LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: "data" }],
    })) as { Events: { EventName: string; Username: string; CloudTrailEvent: string }[] };
    expect(Events).toMatchObject([{ EventName: "CreateBucket", Username: "admin" }]);
    expect(JSON.parse(Events[0]?.CloudTrailEvent ?? "")).toMatchObject({ readOnly: false });
    const first = await world.call("LookupEvents", { MaxResults: 1 });
    const second = await world.call("LookupEvents", {
      MaxResults: 1,
      NextToken: first["NextToken"],
    });
    expect(second["Events"]).not.toEqual(first["Events"]);
  });

  it("events of the last moment that was asked for are among them", async () => {
    const all = (await world.call("LookupEvents")) as { Events: { EventTime: number }[] };
    const time = all.Events[0]?.EventTime ?? 0;
    const asked = { StartTime: time, EndTime: time };
    expect(await world.call("LookupEvents", asked)).toMatchObject({
      Events: [{ EventTime: time }],
    });
  });

  it("what hands keys out but changes nothing only reads", async () => {
    await world.server.send({
      method: "POST",
      path: "/",
      service: "sts",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `Action=AssumeRole&Version=2011-06-15&RoleArn=${roleArn}&RoleSessionName=me`,
    });
    const LookupAttributes = [{ AttributeKey: "EventName", AttributeValue: "AssumeRole" }];
    const { Events } = await world.call("LookupEvents", { LookupAttributes });
    expect(Events).toMatchObject([{ ReadOnly: "true" }]);
  });

  it("are those of the region that is asked, where IAM's are in one alone", async () => {
    const body = "Action=ListUsers&Version=2010-05-08";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await world.server.send({ method: "POST", path: "/", service: "iam", headers, body });
    const names = async (region: string): Promise<string[]> => {
      const { Events } = (await world.call("LookupEvents", {}, { region })) as {
        Events: { EventName: string }[];
      };
      return Events.map(({ EventName }) => EventName);
    };
    expect(await names("us-east-1")).toContain("ListUsers");
    expect(await names("us-east-1")).toContain("CreateBucket");
    // What was asked there itself is all that there is.
    expect(await names("eu-west-1")).toEqual([]);
    expect(await names("eu-west-1")).toEqual(["LookupEvents"]);
  });

  it("who of another account called is not told", async () => {
    const path = { path: "/data", query: "versioning=" };
    await world.server.send({ ...path, credentials: keys.stranger });
    const LookupAttributes = [{ AttributeKey: "EventName", AttributeValue: "GetBucketVersioning" }];
    const { Events } = (await world.call("LookupEvents", { LookupAttributes })) as {
      Events: { CloudTrailEvent: string }[];
    };
    expect(Events).toHaveLength(1);
    expect(Events[0]).not.toHaveProperty("Username");
    expect(Events[0]).not.toHaveProperty("AccessKeyId");
    expect(Events[0]?.CloudTrailEvent).not.toContain(keys.stranger.accessKeyId);
    const { stranger: credentials } = keys;
    const own = await world.call("LookupEvents", { LookupAttributes }, { credentials });
    expect(own["Events"]).toMatchObject([
      { Username: "stranger", AccessKeyId: credentials.accessKeyId },
    ]);
  });
});

describe("what a caller writes oddly", () => {
  const junk = `&${"a.".repeat(50_000)}b=1`;

  it.each([
    ["its action percent-encoded", "A%63tion=Create%55ser&UserName=eve", {}],
    [
      "another action in a header",
      "Action=CreateUser&UserName=eve",
      { "x-amz-target": "X.GetUser" },
    ],
    ["a name twice", "Action=CreateUser&Action=GetUser&UserName=eve&UserName=ada", {}],
    ["a name that holds others", "Action=CreateUser&UserName=eve&UserName.x=ada", {}],
    ["a name without an end", `Action=CreateUser&UserName=eve${junk}`, {}],
  ])("hides nothing of a call to IAM: %s", async (_, form, headers) => {
    const { status } = await world.server.send({
      method: "POST",
      path: "/",
      service: "iam",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: `${form}&Version=2010-05-08`,
    });
    expect(status).toBe(200);
    const { Events } = (await world.call("LookupEvents")) as {
      Events: { EventName: string; CloudTrailEvent: string }[];
    };
    const event = Events.find(({ EventName }) => EventName === "CreateUser");
    expect(JSON.parse(event?.CloudTrailEvent ?? "{}")).toMatchObject({
      requestParameters: { userName: "eve" },
      responseElements: { user: { userName: "eve" } },
    });
  });

  it("hides nothing of a call to KMS", async () => {
    const { status } = await world.server.send({
      method: "POST",
      path: "/",
      service: "kms",
      headers: { "x-amz-target": "TrentService.CreateKey" },
      body: `{"Description":"eve's","x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    });
    expect(status).toBe(200);
    const { Events } = (await world.call("LookupEvents")) as {
      Events: { EventName: string; CloudTrailEvent: string }[];
    };
    const event = Events.find(({ EventName }) => EventName === "CreateKey");
    expect(JSON.parse(event?.CloudTrailEvent ?? "{}")).toMatchObject({
      requestParameters: { description: "eve's" },
    });
  });
});
