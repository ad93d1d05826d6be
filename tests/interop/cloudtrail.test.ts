import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsCliReleases, clientEnvironment, passed, runPython } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";
import { runCommand } from "./run-command.ts";
import { accountId } from "./test-identities.ts";

describe("CloudTrail and its neighbours", () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const cases = (name: string) => {
    const { endpoint, identities } = server;
    const { nobody, session } = identities;
    const parameters = { account: accountId, endpoint, nobody, session };
    return runPython(server, "cloudtrail_cases.py", name, parameters);
  };

  it.each([
    ["tells a day's work in miniature to boto3", "day"],
    ["is set up and looked at by boto3", "management"],
    ["blocks public access for an account", "account_block"],
    ["judges policies by Access Analyzer", "analyzer"],
  ])("%s", async (_, name) => {
    expect(await cases(name)).toMatchObject(passed);
  });

  it.each(awsCliReleases.map((cli) => [cli.name, cli] as const))(
    "%s finds recent events",
    async (_, { executable }) => {
      const args = ["--endpoint-url", server.endpoint, "cloudtrail", "lookup-events"];
      const filter = ["--lookup-attributes", "AttributeKey=EventName,AttributeValue=CreateBucket"];
      const env = clientEnvironment(server);
      const { exitCode, stdout } = await runCommand(executable, [...args, ...filter], { env });
      expect(exitCode).toBe(0);
      const { Events } = JSON.parse(stdout) as { Events: { EventSource: string }[] };
      expect(Events[0]?.EventSource).toBe("s3.amazonaws.com");
    },
  );
});
