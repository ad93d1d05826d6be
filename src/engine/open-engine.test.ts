import { expect, test } from "vitest";
import { openEngine } from "./open-engine.ts";

test("basic", async () => {
  const engine = await openEngine({ durability: "memory" });
  await engine.createBucket({ name: "b", region: "us-east-1", ownerAccountId: "1" });
  for (const size of [0, 10, 16384, 16385, 700_000]) {
    const bytes = Buffer.alloc(size, "x");
    const staged = await engine.stage(
      (async function* () {
        yield bytes;
      })(),
    );
    const put = await engine.putObject({
      bucket: "b",
      key: `k/${size}`,
      staged,
      headers: {},
      metadata: {},
      encryption: { algorithm: "AES256" },
    });
    const got = engine.getObject("b", `k/${size}`)!;
    expect(got).toEqual(put);
    const chunks: Uint8Array[] = [];
    for await (const chunk of engine.read(got)) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  }
  expect(engine.listObjects({ bucket: "b", limit: 10, delimiter: "/" })).toMatchObject({
    commonPrefixes: ["k/"],
  });
  expect(engine.listObjects({ bucket: "b", limit: 10 }).entries.length).toBe(5);
  await engine.deleteObject({ bucket: "b", key: "k/700000" });
  expect(engine.getObject("b", "k/700000")).toBeUndefined();
  await engine.close();
});
