import { afterEach, expect, it } from "vitest";
import { getSettings } from "../settings/get-settings.ts";
import { createDesiredState } from "../setup/desired-state.ts";
import { renderPlan } from "../setup/render-plan.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { openSetupSession } from "./setup-session.ts";

let server: TestServer | undefined;
afterEach(() => server?.close());

const bucket = "cluster-bucket";

it.each([
  ["qumulo@6.3", "not-supported", "6.3"],
  ["qumulo@7.1.2", "same", "7.1.2"],
  ["qumulo", "same", "latest"],
])("%s: what it has is set up, the rest is said", async (personality, versioning, version) => {
  server = await startTestServer({ personality });
  const { accessKeyId, secretAccessKey } = server.credentials;
  const environment = {
    STORAGE_BACKEND: "qumulo",
    STORAGE_QUMULO_BUCKET: bucket,
    STORAGE_QUMULO_ENDPOINT_URL: server.endpoint,
    STORAGE_QUMULO_ACCESS_KEY_ID: accessKeyId,
    STORAGE_QUMULO_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const settings = getSettings({ environment, envFile: false });
  const session = await openSetupSession({ settings, backupFolder: "unused" });
  const desired = createDesiredState({
    bucket,
    region: "us-east-1",
    endpointUrl: server.endpoint,
    backend: "qumulo",
  });
  expect(desired.envFile).toEqual({
    STORAGE_BACKEND: "qumulo",
    STORAGE_QUMULO_BUCKET: bucket,
    STORAGE_QUMULO_ENDPOINT_URL: server.endpoint,
  });
  const first = await session.plan(desired);
  // A bucket that is not there yet shows nothing; what no version has is not promised all the same.
  expect(first.aspects.flatMap(({ changes }) => changes.map(({ item }) => item))).toEqual([
    `Bucket ${bucket}`,
    "Status",
  ]);
  const { succeeded, steps } = await session.apply(first);
  expect(succeeded).toBe(true);
  expect(steps.find(({ aspect }) => aspect === "bucket")?.outcome).toBe("applied");

  const second = await session.plan(desired);
  expect(second.summary).toMatchObject({ upToDate: true, complete: false, blockers: [] });
  expect(second.aspects.find(({ aspect }) => aspect === "versioning")?.status).toBe(versioning);
  const text = renderPlan(second).join("\n");
  for (const title of ["Public access block", "Object ownership", "Encryption", "Lifecycle"]) {
    expect(text).toContain(`${title}: not available on Qumulo ${version}: `);
  }
  expect(text).toMatch(/Bucket policy: not available on Qumulo( 6\.3)?: /);
  expect(text).not.toContain("STORAGE_S3_REGION");

  const { passed, checks } = await session.verify(desired, { patient: false });
  expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
  expect(passed).toBe(true);
  const { report } = await session.drift(desired, undefined);
  expect(report.drifted).toBe(false);
  session.close();
});
