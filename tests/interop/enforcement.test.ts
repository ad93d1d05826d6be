import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runPython } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";

const world = fileURLToPath(new URL("enforcement/world.yaml", import.meta.url));

interface Outcome {
  readonly title: string;
  /** Status and code. */
  readonly expected: string;
  readonly got: string;
  readonly text: string;
}

/** The cases of a family; each is a call by boto3, on what the family made through IAM, STS and KMS. */
async function run(family: string): Promise<readonly Outcome[]> {
  await using server = await OwnServer.start({ world });
  const { stdout, stderr, exitCode } = await runPython(server, "enforcement_runner.py", family);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Outcome);
}

describe("boto3 gets AWS's status and code, whoever asks for what", () => {
  it.each([
    ["identity policies, groups, boundaries, sessions", "identity", 57],
    ["bucket policies, other accounts, versions, batches", "buckets", 51],
    ["conditions and public access", "conditions", 66],
    ["service and resource control policies", "organization", 21],
    ["keys of KMS", "keys", 61],
    ["keys, tokens and links", "credentials", 26],
  ])("%s", async (_, family, count) => {
    const outcomes = await run(family);
    expect(outcomes.filter(({ expected, got }) => got !== expected)).toEqual([]);
    expect(outcomes).toHaveLength(count);
  });
});
