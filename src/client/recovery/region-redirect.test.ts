import { describe, expect, it } from "vitest";
import { AnswerHeaders } from "../answer-headers.ts";
import { awsDialect } from "../dialects/aws.ts";
import type { HttpAnswer, HttpRequest, HttpTransport } from "../http-transport.ts";
import type { ResponseBody } from "../response-body.ts";
import { defaultRetryPolicy } from "./retry-policy.ts";
import { StoreLoad } from "./store-load.ts";
import { S3Sender } from "../s3-sender.ts";
import type { ClientEvent } from "../client-event.ts";
import { StoreState } from "../store-state.ts";
import { testCredentials } from "../testing-fixtures/test-store.ts";

/** AWS as far as regions go: only the bucket's own answers 200. */
function awsWithBucketIn(region: string): {
  sender: S3Sender;
  hosts: string[];
  scopes: string[];
  events: ClientEvent[];
} {
  const hosts: string[] = [];
  const scopes: string[] = [];
  const events: ClientEvent[] = [];
  const state = new StoreState({
    address: { region: "us-east-1", bucket: "bkt", addressing: "virtual-hosted" },
    dialect: awsDialect,
    credentials: () => Promise.resolve(testCredentials),
    now: () => new Date("2026-11-23T10:00:00Z"),
  });
  const send = ({ endpoint, headers }: HttpRequest): Promise<HttpAnswer> => {
    hosts.push(endpoint.host);
    scopes.push(/\d{8}\/([^/]+)\//.exec(headers["authorization"] ?? "")?.[1] ?? "");
    const isThere = endpoint.host.includes(`.${region}.`);
    return Promise.resolve({
      status: isThere ? 200 : 301,
      headers: new AnswerHeaders({ "x-amz-bucket-region": region }),
      body: { readAll: () => Promise.resolve(Buffer.alloc(0)) } as unknown as ResponseBody,
    });
  };
  const sender = new S3Sender({
    bucket: "bkt",
    dialect: awsDialect,
    state,
    transport: { send, close() {} } as unknown as HttpTransport,
    retry: defaultRetryPolicy,
    load: new StoreLoad(64),
    payloadSigning: "auto",
    random: () => 0,
    onEvent: (event) => events.push(event),
  });
  return { sender, hosts, scopes, events };
}

const head = { operation: "HeadObject", method: "HEAD", key: "a" } as const;

describe("a bucket in another region of AWS", () => {
  it("is followed there, signed for it, and found there at once from then on", async () => {
    const { sender, hosts, scopes, events } = awsWithBucketIn("us-gov-west-1");
    await sender.send(head);
    await sender.send(head);
    const there = "bkt.s3.us-gov-west-1.amazonaws.com";
    expect(hosts).toEqual(["bkt.s3.us-east-1.amazonaws.com", there, there]);
    expect(scopes).toEqual(["us-east-1", "us-gov-west-1", "us-gov-west-1"]);
    expect(events).toMatchObject([{ type: "region-changed" }]);
  });

  it("is followed by calls that run at the same time as well", async () => {
    const { sender, hosts } = awsWithBucketIn("eu-west-1");
    await Promise.all([sender.send(head), sender.send(head), sender.send(head)]);
    expect(hosts).toHaveLength(6);
  });

  it("is not followed to a name that is no region", async () => {
    const { sender, hosts } = awsWithBucketIn("evil.example/");
    await expect(sender.send(head)).rejects.toMatchObject({ code: "ConfigurationError" });
    expect(hosts).toHaveLength(1);
  });
});
