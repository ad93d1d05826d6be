import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { diagnose } from "../../src/checks/doctor/diagnose.ts";
import type { Diagnosis } from "../../src/checks/doctor/examine.ts";
import { readErrorText } from "../../src/checks/doctor/read-error-text.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { runHere } from "./run-here.ts";
import { examineWith } from "./examine-with.ts";

// The doctor before a Qumulo cluster of each age: what it can is tried, what it lacks is said, and how it
// refuses to overwrite is recorded.

const detailOf = ({ layers }: Diagnosis, layer: string): string =>
  layers.find(({ name }) => name === layer)?.detail ?? "";

test.each([
  ["qumulo@5.3.3", undefined, "AccessDenied (403)", /no encryption, policy, .*versioning/],
  ["qumulo@6.2", "OperationAborted:409", "OperationAborted (409)", /no encryption, policy/],
  ["qumulo@6.3", "PreconditionFailed:412", "PreconditionFailed (412)", /no encryption, policy/],
  ["qumulo@7.0.1.1", undefined, "AccessDenied (403)", /no encryption, publicAccessBlock/],
  ["qumulo@7.1.2", "MethodNotAllowed:405", "MethodNotAllowed (405)", /ownership, lifecycle$/],
  ["qumulo", undefined, "AccessDenied (403)", /no encryption, publicAccessBlock, ownership, life/],
])("%s is well; its limits are told", async (personality, overwriteRefusal, refusal, lacks) => {
  await using server = await startTestServer({
    personality,
    ...(overwriteRefusal !== undefined && { overwriteRefusal }),
  });
  const diagnosis = await examineWith({ environment: server.env });
  expect(diagnosis.findings).toEqual([]);
  expect(diagnosis.facts.overwriting).toBe(`refused with ${refusal}`);
  expect(detailOf(diagnosis, "objects")).toContain(`overwriting is refused with ${refusal}`);
  expect(detailOf(diagnosis, "objects")).toMatch(/this store cannot: /);
  expect(detailOf(diagnosis, "settings")).toMatch(lacks);
  expect(detailOf(diagnosis, "identity")).toBe("the store has no STS");
  const keepsMetadata = !["qumulo@5.3.3", "qumulo@6.2"].includes(personality);
  expect(diagnosis.facts.keepsMetadata).toBe(keepsMetadata);
  // The folder of test files stays: it may be somebody's.
  const { objects } = await server.store().listObjects({});
  expect(objects.map(({ key }) => key)).toEqual(["test/"]);
});

test("an audit of a cluster says what does not apply there, and why", async () => {
  await using server = await startTestServer({ personality: "qumulo" });
  const { stdout } = await runHere(["audit", "--all", "--json"], {
    environment: server.env,
    cwd: tmpdir(),
  });
  const findings = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  const found = new Map(findings.map(({ id, status, saw }) => [id, `${status}: ${saw}`]));
  for (const id of ["LOG-1", "LOG-2", "LOG-3"]) {
    expect(found.get(id)).toMatch(/^not-applicable: the store has no CloudTrail: /);
  }
  expect(found.get("BPA-2")).toBe("not-applicable: the store has no accounts as AWS has them");
  expect(found.get("ID-2")).toMatch(/^pass: none but those of Qumulo/);
  // The set-up, which cures it elsewhere, leaves these policies alone.
  const { remedy } = findings.find(({ id }) => id === "POL-1");
  expect(remedy).toMatchObject({ by: "administrator", text: expect.stringContaining("alone") });
  expect(remedy).not.toHaveProperty("commands");
  expect([...found.values()].filter((each) => each.startsWith("unknown"))).toEqual([]);
});

async function first(server: TestServer, environment: Readonly<Record<string, string>>) {
  return (await examineWith({ environment: { ...server.env, ...environment } })).findings[0]?.id;
}

test("D39: a key that the cluster does not know; cured by one that it does", async () => {
  await using server = await startTestServer({ personality: "qumulo" });
  const wrong = { STORAGE_QUMULO_ACCESS_KEY_ID: "AKIAUNKNOWN000000000" };
  expect(await first(server, wrong)).toBe("D39");
  expect(await first(server, {})).toBeUndefined();
});

test("D37: a session token for a cluster, which has none; cured by leaving it out", async () => {
  await using server = await startTestServer({ personality: "qumulo" });
  const { accessKeyId, secretAccessKey } = server.credentials;
  const asS3 = {
    STORAGE_BACKEND: "s3",
    STORAGE_S3_BUCKET: server.bucket,
    STORAGE_S3_ENDPOINT_URL: server.endpoint,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
  expect(await first(server, { ...asS3, STORAGE_S3_SESSION_TOKEN: "token" })).toBe("D37");
  expect(await first(server, {})).toBeUndefined();
});

test("D60: an SDK that sends checksums in trailers; cured by the variables that are named", async () => {
  await using server = await startTestServer({ personality: "qumulo" });
  const { endpoint, region, credentials, bucket } = server;
  const put = async (more: object) => {
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, ...more });
    const body = { Body: Readable.from([Buffer.from("bytes")]), ContentLength: 5 };
    await s3
      .send(new PutObjectCommand({ Bucket: bucket, Key: "a.txt", ...body }))
      .finally(() => s3.destroy());
  };
  const failure = await put({}).catch((error: unknown) => error);
  if (!(failure instanceof S3ServiceException)) throw new Error(String(failure));
  const { name, message } = failure;
  const text = `An error occurred (${name}) when calling the PutObject operation: ${message}`;
  const place = {
    bucket,
    region,
    endpointUrl: endpoint,
    partition: "aws",
    store: "qumulo",
  } as const;
  const { id, remedy } = diagnose(readErrorText(text), place, "objects");
  expect(id).toBe("D60");
  expect(remedy?.commands?.join()).toContain("AWS_REQUEST_CHECKSUM_CALCULATION=when_required");
  await put({ requestChecksumCalculation: "WHEN_REQUIRED" });
});
