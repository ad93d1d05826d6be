import { gunzipSync } from "node:zlib";
import { TestServer, type WireRequest } from "../../testing-fixtures/test-server.ts";
import type { StartServerOptions } from "../../start-server.ts";

export const accountId = "111122223333";
export const trailArn = `arn:aws:cloudtrail:us-east-1:${accountId}:trail/audit`;

type Answer = Readonly<Record<string, unknown>>;
export type TrailedEvent = Readonly<Record<string, unknown>>;

/** A server with a bucket for data, one for logs whose policy lets CloudTrail in, and ways to ask both. */
export class TrailWorld {
  readonly server: TestServer;

  private constructor(server: TestServer) {
    this.server = server;
  }

  static async start(options: Partial<StartServerOptions> = {}): Promise<TrailWorld> {
    const world = new TrailWorld(await TestServer.start(options));
    for (const name of ["data", "logs"])
      await world.server.send({ method: "PUT", path: `/${name}` });
    await world.putPolicy("logs", trailPolicy("logs"));
    return world;
  }

  async putPolicy(bucket: string, policy: unknown): Promise<number> {
    const body = JSON.stringify(policy);
    const { status } = await this.server.send({
      method: "PUT",
      path: `/${bucket}`,
      query: "policy=",
      body,
    });
    return status;
  }

  async call(name: string, input: unknown = {}, wire: Partial<WireRequest> = {}): Promise<Answer> {
    const { text } = await this.server.send({
      method: "POST",
      path: "/",
      service: "cloudtrail",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.${name}`,
      },
      body: JSON.stringify(input),
      ...wire,
    });
    return JSON.parse(text) as Answer;
  }

  /** A trail that logs, with these selectors. */
  async trail(selectors?: unknown): Promise<void> {
    await this.call("CreateTrail", { Name: "audit", S3BucketName: "logs" });
    if (selectors !== undefined) {
      await this.call("PutEventSelectors", { TrailName: "audit", ...(selectors as object) });
    }
    await this.call("StartLogging", { Name: "audit" });
  }

  async put(path: string, body = "x", wire: Partial<WireRequest> = {}) {
    return await this.server.send({ method: "PUT", path, body, ...wire });
  }

  /** What stands in the log files, oldest file first. */
  async delivered(): Promise<TrailedEvent[]> {
    await this.server.server.flushTrails();
    const { engine } = this.server.server;
    const { entries } = engine.listObjects({ bucket: "logs", limit: 1000 });
    const events: TrailedEvent[] = [];
    for (const { key } of entries) {
      const record = engine.getObject("logs", key);
      if (record === undefined) continue;
      const chunks: Uint8Array[] = [];
      for await (const chunk of engine.read(record)) chunks.push(chunk);
      const text = gunzipSync(Buffer.concat(chunks)).toString("utf8");
      events.push(...(JSON.parse(text) as { Records: TrailedEvent[] }).Records);
    }
    return events;
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}

/** As the CloudTrail User Guide has it. */
export function trailPolicy(bucket: string, prefix = "") {
  const Principal = { Service: "cloudtrail.amazonaws.com" };
  const source = { "aws:SourceArn": trailArn };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal,
        Action: "s3:GetBucketAcl",
        Resource: `arn:aws:s3:::${bucket}`,
        Condition: { StringEquals: source },
      },
      {
        Effect: "Allow",
        Principal,
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${bucket}/${prefix}AWSLogs/${accountId}/*`,
        Condition: {
          StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", ...source },
        },
      },
    ],
  };
}
