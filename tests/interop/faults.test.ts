import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultCases, faultClients, faultTable, goesOn, type FaultClient } from "./fault-cases.ts";
import { faultNames } from "../../src/server/faults/fault-kinds.ts";
import { faultFiles, seenByClient } from "./fault-clients.ts";
import { runPython } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";

let folder: string;
let server: OwnServer;

const bucketOf = (client: FaultClient, name: string) => `${client}-${name}`;
const runs = faultClients.flatMap((client) =>
  Object.entries(faultCases).map(([name, faultCase]) => ({ client, name, faultCase })),
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interop-faults-"));
  const rules = runs.map(({ client, name, faultCase: { rule } }) => ({
    ...rule,
    bucket: bucketOf(client, name),
  }));
  await writeFile(join(folder, "faults.json"), JSON.stringify({ rules }));
  const flags = ["--faults", join(folder, "faults.json"), "--json"];
  server = await OwnServer.start({ flags });
  for (const [name, bytes] of Object.entries(faultFiles)) {
    await writeFile(join(server.scratch, name), bytes);
  }
  const buckets = runs.map(({ client, name }) => bucketOf(client, name));
  const versioned = faultClients.map((client) => bucketOf(client, "stale-read"));
  const prepared = await runPython(server, "fault_cases.py", "prepare", { buckets, versioned });
  if (prepared.exitCode !== 0) throw new Error(prepared.stderr);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it.each(runs)("$client meets $name", async ({ client, name, faultCase }) => {
  const { seen, work = "object", rule } = faultCase;
  const bucket = bucketOf(client, name);
  const outcome = await seenByClient(client, server, { bucket, work });
  expect(outcome).toEqual({ ...goesOn(work), ...seen[client] });
  // It happened, also where nothing was noticed.
  const strikes = server.log
    .split("\n")
    .filter((line) => line.includes('"type":"fault"') && line.includes(`"${bucket}"`));
  const least = faultCase.untouched?.includes(client) === true ? 0 : (rule.count ?? 1);
  const most = least === 0 ? 0 : Infinity;
  expect(strikes.length).toBeGreaterThanOrEqual(least);
  expect(strikes.length).toBeLessThanOrEqual(most);
});

it("no fault is left out", () => {
  const met = new Set(Object.values(faultCases).map(({ rule }) => rule.fault));
  expect([...met].toSorted()).toEqual(faultNames.toSorted());
});

it("docs/faults.md tells what was seen", async () => {
  const file = fileURLToPath(new URL("../../docs/faults.md", import.meta.url));
  const lines = (await readFile(file, "utf8")).split("\n");
  const head = lines.indexOf(
    "| fault | `sms-storage cp`, `setup` | `aws s3 cp`, `s3api` | boto3 | rclone |",
  );
  const rows = lines.slice(head + 2, lines.indexOf("", head));
  expect(rows.map((row) => row.replaceAll(/ +/g, " "))).toEqual(faultTable());
});
