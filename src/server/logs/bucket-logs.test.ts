import { afterEach, beforeEach, expect, it } from "vitest";
import { TestServer } from "../testing-fixtures/test-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.start();
  for (const name of ["data", "logs"]) await server.send({ method: "PUT", path: `/${name}` });
});
afterEach(async () => {
  await server.close();
});

const enabled = (target: string) =>
  `<BucketLoggingStatus><LoggingEnabled><TargetBucket>${target}</TargetBucket>` +
  "<TargetPrefix>of-data/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";

const put = async (body: string) =>
  await server.send({ method: "PUT", path: "/data", query: "logging=", body });

async function letIn(): Promise<void> {
  const policy = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::logs/of-data/*",
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::data" },
        StringEquals: { "aws:SourceAccount": "111122223333" },
      },
    },
  };
  const body = JSON.stringify(policy);
  await server.send({ method: "PUT", path: "/logs", query: "policy=", body });
}

const read = async () => (await server.send({ path: "/data", query: "logging=" })).text;

it("is put, told and taken away", async () => {
  expect(await read()).not.toContain("LoggingEnabled");
  expect((await put(enabled("logs"))).status).toBe(200);
  expect(await read()).toContain("<TargetBucket>logs</TargetBucket>");
  expect((await put("<BucketLoggingStatus/>")).status).toBe(200);
  expect(await read()).not.toContain("LoggingEnabled");
});

it.each([
  ["a target that is not there", enabled("none"), "InvalidTargetBucketForLogging"],
  ["a document that is none", "<x/>", "MalformedXML"],
])("refuses %s", async (_, body, code) => {
  expect((await put(body)).code).toBe(code);
});

it("writes the requests of the bucket, and no others, into the other", async () => {
  await letIn();
  await put(enabled("logs"));
  await server.send({ method: "PUT", path: "/data/a", body: "x" });
  await server.send({ path: "/logs", query: "list-type=2" });
  await server.server.flushTrails();
  const { entries } = server.server.engine.listObjects({ bucket: "logs", limit: 10 });
  expect(entries.map(({ key }) => key)).toEqual([
    expect.stringMatching(/^of-data\/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$/),
  ]);
  const { text } = await server.send({ path: `/logs/${entries[0]?.key}` });
  expect(text).toMatch(
    /^[0-9a-f]{64} data \[.*REST\.PUT\.OBJECT a "PUT \/data\/a HTTP\/1\.1" 200 .*\n$/,
  );
});

it("says once that the other lets it not in", async () => {
  await put(enabled("logs"));
  for (const key of ["a", "b"]) {
    await server.send({ method: "PUT", path: `/data/${key}`, body: "x" });
    await server.server.flushTrails();
  }
  const told = server.events.filter(({ kind }) => kind === "log-file");
  expect(told).toHaveLength(1);
});
