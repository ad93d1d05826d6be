import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { defaultKeyPolicy } from "../../src/server/kms/key-policy.ts";
import { TestServer } from "../../src/server/testing-fixtures/test-server.ts";
import { expectedDifferences } from "./expected-differences.ts";
import { readCases } from "./read-cases.ts";
import { ReplayClock, replayCase } from "./replay-case.ts";

const cases = readCases();
const differing = new Map(expectedDifferences.flatMap((entry) => Object.entries(entry.cases)));

/** Ids of the keys of KMS that were there when the cases were recorded. */
function recordedKeys(): ReadonlySet<string> {
  const named = /(?:aws-kms-key-id":"|<KMSMasterKeyID>)([0-9a-f-]{36})/g;
  return new Set(Array.from(JSON.stringify(cases).matchAll(named), ([, id = ""]) => id));
}

async function makeKeys({ records, secrets }: Engine, ids: ReadonlySet<string>): Promise<void> {
  const address = { accountId: "111122223333", region: "us-east-1", partition: "aws" };
  await records.update((changes) => {
    for (const id of ids) {
      changes.put("kmskey", `${address.accountId}/${address.region}/${id}`, {
        ...address,
        id,
        createdAt: 0,
        state: "Enabled",
        description: "",
        manager: "CUSTOMER",
        policy: defaultKeyPolicy(address),
        material: secrets.seal(Buffer.alloc(32, 1)).toString("base64"),
      });
    }
  });
}

describe("answers as AWS gave them", () => {
  const clock = new ReplayClock();
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({ now: clock.now, sigV2Links: true });
    await makeKeys(server.server.engine, recordedKeys());
  });
  afterAll(async () => server.close());

  it.each(cases.map((entry, at) => ({ ...entry, at })))("$area: $name", async (entry) => {
    const places = await replayCase({ server, clock }, entry, `recorded-${entry.at}`);
    expect(places).toEqual(differing.get(entry.name) ?? []);
  });
});

describe("docs/conformance.md", () => {
  const page = readFileSync(
    join(import.meta.dirname, "../../docs/conformance.md"),
    "utf8",
  ).replaceAll(/\s+/g, " ");

  it("tells how many cases there are, and how many are identical", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    const identical = cases.length - differing.size;
    expect(page).toContain(`${identical} of ${cases.length} cases`);
    expect(identical / cases.length).toBeGreaterThanOrEqual(0.97);
  });

  it("tells every difference and its reason", () => {
    const known = new Set(cases.map(({ name }) => name));
    for (const { reason, cases: those } of expectedDifferences) {
      expect(page).toContain(reason);
      for (const name of Object.keys(those)) {
        expect(known).toContain(name);
        expect(page).toContain(`\`${name.split("::").slice(2).join("::")}\``);
      }
    }
  });
});
