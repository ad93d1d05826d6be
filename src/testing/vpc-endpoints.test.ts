import { Agent } from "node:http";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const account = "111122223333";
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const objects = (bucket: string) => `arn:aws:s3:::${bucket}/*`;

const world = {
  version: 1,
  accounts: {
    [account]: {
      users: {
        alice: {
          accessKeys: [{}],
          attached: ["arn:aws:iam::aws:policy/AdministratorAccess"],
        },
      },
      buckets: {
        open: {},
        inside: {
          policy: policy({
            Effect: "Deny",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: objects("inside"),
            Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f6a7b8" } },
          }),
        },
        vpc: {
          policy: policy({
            Effect: "Deny",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: objects("vpc"),
            Condition: {
              StringNotEquals: { "aws:SourceVpc": "vpc-0f1e2d3c4b5a69788" },
              IpAddress: { "aws:SourceIp": "127.0.0.0/8" },
            },
          }),
        },
      },
    },
  },
  vpcEndpoints: {
    "vpce-0a1b2c3d4e5f6a7b8": {
      vpc: "vpc-0f1e2d3c4b5a69788",
      account,
      hosts: ["s3.lab.internal"],
      policy: policy({
        Effect: "Allow",
        Principal: "*",
        Action: "s3:*",
        Resource: [objects("inside"), objects("vpc")],
      }),
    },
    "vpce-11112222": { vpc: "vpc-33334444", account },
  },
};

/** A client that takes every host name for the server's own. */
function clientBy(server: TestServer, host: string, forcePathStyle: boolean): S3Client {
  const { region } = server;
  const httpAgent = new Agent({
    lookup: (_name, options, callback) => {
      if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
      else callback(null, "127.0.0.1", 4);
    },
  });
  return new S3Client({
    endpoint: `http://${host}:${new URL(server.endpoint).port}`,
    region,
    credentials: server.credentialsOf(account, "alice"),
    forcePathStyle,
    maxAttempts: 1,
    requestHandler: { httpAgent },
  });
}

async function readable(client: S3Client): Promise<string[]> {
  const buckets = ["open", "inside", "vpc"];
  const answers = await Promise.all(
    buckets.map((Bucket) =>
      client.send(new GetObjectCommand({ Bucket, Key: "k" })).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ name: "AccessDenied" });
          return false;
        },
      ),
    ),
  );
  client.destroy();
  return buckets.filter((_bucket, index) => answers[index] === true);
}

test("a request comes through the endpoint that its host names, with its policy and its keys", async () => {
  await using server = await startTestServer({ world });
  const direct = clientBy(server, "127.0.0.1", true);
  for (const Bucket of ["open", "inside", "vpc"]) {
    await direct.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  }
  expect(await readable(direct)).toEqual(["open"]);
  const full = "bucket.vpce-0a1b2c3d4e5f6a7b8-x1y2z3.s3.us-east-1.vpce.amazonaws.com";
  for (const forcePathStyle of [true, false]) {
    for (const host of [full, "vpce-0a1b2c3d4e5f6a7b8.localhost", "s3.lab.internal"]) {
      expect(await readable(clientBy(server, host, forcePathStyle))).toEqual(["inside", "vpc"]);
    }
    const other = clientBy(server, "vpce-11112222.s3.us-east-1.vpce.amazonaws.com", forcePathStyle);
    expect(await readable(other)).toEqual(["open", "vpc"]);
    const unknown = clientBy(server, "vpce-99999999.s3.us-east-1.vpce.amazonaws.com", true);
    expect(await readable(unknown)).toEqual(["open"]);
  }
  await server.takeWorld({ ...world, vpcEndpoints: {} });
  expect(await readable(clientBy(server, "s3.lab.internal", true))).toEqual(["open"]);
});
