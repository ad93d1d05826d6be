import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { account, bucket, keyArn, patientOf, worldOf } from "./lab.ts";
import { runHere } from "./run-here.ts";

// States of keys that no key of the embedded server is ever in: AWS's answer is given back.

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
});

afterEach(() => server.reset());

afterAll(() => server.close());

async function doctor(): Promise<{ code: number; first: unknown }> {
  const place = { environment: patientOf(server, "ada").environment, cwd: process.cwd() };
  const { code, stdout } = await runHere(["doctor", `s3://${bucket}`, "--json"], place);
  const found = stdout.split("\n").find((line) => line.includes('"type":"finding"'));
  return { code, first: JSON.parse(found ?? "{}") };
}

/** What is found while S3 answers every upload so, and once it does no more. */
async function foundFor(state: string): Promise<unknown> {
  const code = "KMS.KMSInvalidStateException";
  const message = `${keyArn(account)} is ${state}.`;
  server.faults.set([{ fault: "refusal", operations: ["PutObject"], code, message }]);
  const { first } = await doctor();
  server.faults.set([]);
  expect((await doctor()).code).toBe(0);
  return first;
}

const certain = { confidence: "certain", alsoPossible: [] };

test("D73 (as AWS answers): a key whose material is not there; cured by importing it", async () => {
  expect(await foundFor("pending import")).toMatchObject({ id: "D73", ...certain });
});

test("D74 (as AWS answers): a key whose custom store is not connected; cured by connecting it", async () => {
  expect(await foundFor("unavailable")).toMatchObject({ id: "D74", ...certain });
});

test("D75 (as AWS answers): a key that is in a state that the answer leaves open; cured by its end", async () => {
  expect(await foundFor("not as it has to be")).toMatchObject({
    id: "D75",
    confidence: "certain",
    alsoPossible: [{ id: "D08" }],
  });
});
