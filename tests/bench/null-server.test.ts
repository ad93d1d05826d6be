import { createHash } from "node:crypto";
import { request } from "node:http";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contentPieces } from "../../bench/null-server/content.mjs";
import { faultSeries } from "../../bench/null-server/faults.mjs";
import { type NullServer, startNullServer } from "../../bench/null-server/start-null-server.mjs";
import { FileServiceS3 } from "../../src/index.ts";

const sets = [
  { prefix: "a/", count: 2500, minBytes: 10, maxBytes: 5000 },
  { prefix: "b/", count: 1, perFolder: 0, minBytes: 20_000_000 },
];
let server: NullServer;
let service: FileServiceS3;

beforeAll(async () => {
  server = await startNullServer();
  service = new FileServiceS3({
    bucket: "bench",
    region: "us-east-1",
    endpointUrl: server.endpoint ?? "",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    retryForMs: 5000,
  });
});
afterAll(async () => {
  await service.close();
  server.close();
});
beforeEach(() => server.configure({ dataSets: sets }));

describe("the null server of the benchmarks", () => {
  it("lists every key once and in order, page by page", async () => {
    const listed = await service.getListing("");
    const keys = listed.map(({ Key }) => Key);
    expect(keys).toHaveLength(2501);
    expect(new Set(keys).size).toBe(2501);
    expect(keys).toEqual(keys.toSorted());
    expect(server.counters.snapshot().byOperation).toEqual({ ListObjectsV2: 3 });
  });

  it.each([
    ["delimiter=%2F&prefix=a%2F&max-keys=20", 20, "a/d00019/"],
    ["delimiter=%2F&prefix=a%2F&max-keys=20&continuation-token=a%2Fd00019%2F", 5, "a/d00024/"],
    ["start-after=a%2Fd00024%2Ff0002497.dat&prefix=a%2F", 2, "a/d00024/f0002499.dat"],
    ["prefix=nothing", 0, undefined],
  ])("answers %s as S3 does", async (query, count, last) => {
    const answer = await fetch(`${server.endpoint}/bench?list-type=2&${query}`);
    const names = [...(await answer.text()).matchAll(/<(?:Key|Prefix)>([^<]+)<\/(?:Key|Prefix)>/g)]
      .map(([, name]) => name)
      .filter((name) => name !== "a/" && name !== "nothing");
    expect(names).toHaveLength(count);
    expect(names.at(-1)).toBe(last);
  });

  it("serves an object whose checksum and ETag hold", async () => {
    const [item] = await service.getListing("a/");
    const bytes = (await service.getFileContents(item?.Key ?? "")) ?? new Uint8Array();
    expect(bytes.length).toBe(item?.Size);
    expect(item?.ETag).toBe(`"${createHash("md5").update(bytes).digest("hex")}"`);
    // The client itself judges the CRC64NVME that is stored.
    const large = await service.getFileContents("b/f0000000.dat");
    expect(large?.length).toBe(20_000_000);
  });

  it("takes the CRC32 of what is put, in one piece and in parts, whatever breaks", async () => {
    const faults = { seed: 7, unavailable: 0.2, reset: 0.2, stall: 0.1, stallMs: 20 };
    server.configure({ takesChecksums: true, faults });
    const bytes = Buffer.concat([...contentPieces(0, 20_000_000)]);
    await service.uploadBytes(bytes, "large");
    for (let index = 0; index < 20; index += 1) {
      await service.uploadBytes(bytes.subarray(0, index + 2), `small-${index}`);
    }
    const stored = new Map(server.objects().map(({ key, ...rest }) => [key, rest]));
    expect(stored.get("large")).toEqual({ size: bytes.length, crc32: crc32(bytes) });
    expect(stored.get("small-7")).toEqual({ size: 9, crc32: crc32(bytes.subarray(0, 9)) });
    expect(stored.size).toBe(21);
    const { faults: injected } = server.counters.snapshot();
    expect(Object.keys(injected).toSorted()).toEqual(["reset", "stall", "unavailable"]);
  });

  it("injects the same faults for a seed, at the wanted rate", () => {
    const rates = { seed: 3, unavailable: 0.02, reset: 0.01, stall: 0.005 };
    const [one, other] = [faultSeries(rates), faultSeries(rates)];
    const drawn = Array.from({ length: 20_000 }, () => one());
    expect(drawn).toEqual(Array.from({ length: 20_000 }, () => other()));
    const share = (fault: string) => drawn.filter((each) => each === fault).length / drawn.length;
    expect(share("unavailable")).toBeCloseTo(0.02, 2);
    expect(share("reset")).toBeCloseTo(0.01, 2);
    expect(share("stall")).toBeCloseTo(0.005, 2);
  });

  it("counts connections, requests and bytes, until it is told to forget them", async () => {
    await service.uploadBytes(Buffer.alloc(1000), "counted");
    const counted = server.counters.snapshot();
    expect(counted).toMatchObject({ requests: 1, byOperation: { PutObject: 1 } });
    expect(counted.bytesIn).toBeGreaterThan(1000);
    server.reset();
    expect(server.counters.snapshot()).toMatchObject({ requests: 0, bytesIn: 0, connections: 0 });
    expect(server.objects()).toEqual([]);
  });

  it("reads a request that comes in the smallest pieces, and one after another", async () => {
    const head = "PUT /bench/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    const { port } = new URL(server.endpoint ?? "");
    const { connect } = await import("node:net");
    const socket = connect(Number(port), "127.0.0.1");
    let answers = "";
    socket.on("data", (bytes) => (answers += bytes.toString()));
    for (const letter of head + head) {
      socket.write(letter);
      await new Promise(setImmediate);
    }
    await expect.poll(() => answers.match(/HTTP\/1.1 200/g)?.length).toBe(2);
    socket.destroy();
    expect(server.objects()).toEqual([{ key: "slow", size: 3, crc32: undefined }]);
  });

  it("lets a client that asks first send its body", async () => {
    const put = request(`${server.endpoint}/bench/asked`, {
      method: "PUT",
      headers: { expect: "100-continue", "content-length": 4 },
    });
    put.on("continue", () => put.end("body"));
    const status = await new Promise((resolve) =>
      put.on("response", (response) => resolve(response.resume().statusCode)),
    );
    expect(status).toBe(200);
    expect(server.objects().map(({ key }) => key)).toEqual(["asked"]);
  });
});
