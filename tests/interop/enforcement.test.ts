import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { awsCliReleases, clientEnvironment, runPython, withAwsInPath } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";
import { runCommand } from "./run-command.ts";

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

it("the AWS CLI reads the organisation, and only its administrators may", async () => {
  await using server = await OwnServer.start({ world });
  const cli = awsCliReleases.find(({ needsEndpointOption }) => needsEndpointOption);
  if (cli === undefined) throw new Error("no AWS CLI 2");
  const manager = {
    accessKeyId: "AKIAMANAGER00EXAMPLE",
    secretAccessKey: "the-secret-of-the-admin-of-the-management",
  };
  const limited = {
    accessKeyId: "AKIALIMITADM0EXAMPLE",
    secretAccessKey: "the-secret-of-the-admin-of-the-limited-ac",
  };
  const organizations = async (keys: typeof manager, ...words: readonly string[]) => {
    const env = await withAwsInPath(cli, server, clientEnvironment(server, keys));
    const args = ["aws", "organizations", ...words, "--output", "text"];
    return runCommand("/usr/bin/env", args, { env, cwd: server.scratch });
  };
  const parents = ["list-parents", "--child-id", "111122223333", "--query", "Parents[0].Id"];
  const unit = await organizations(manager, ...parents);
  expect(unit).toMatchObject({ exitCode: 0, stderr: "" });
  const filter = ["--filter", "SERVICE_CONTROL_POLICY", "--query", "Policies[].[Name,Id]"];
  const target = ["list-policies-for-target", "--target-id", unit.stdout.trim()];
  const listed = await organizations(manager, ...target, ...filter);
  const id = /^no-deletes\t(p-\w+)$/m.exec(listed.stdout)?.[1] ?? listed.stdout;
  const text = ["describe-policy", "--policy-id", id, "--query", "Policy.Content"];
  expect((await organizations(manager, ...text)).stdout).toContain("s3:DeleteObject");
  const refused = await organizations(limited, ...parents);
  expect(refused).toMatchObject({ exitCode: cli.exitCodes.refusedByService });
  // A service control policy keeps this account from asking at all.
  expect(refused.stderr).toContain(
    "no service control policy allows the organizations:ListParents",
  );
});
