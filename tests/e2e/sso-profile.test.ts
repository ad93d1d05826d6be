import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "./command.ts";

it.each([
  ["--profile", ["--profile", "lab"], {}],
  ["AWS_PROFILE", [], { AWS_PROFILE: "lab" }],
])("asks the portal that the services of %s name, never AWS's", async (_name, flags, env) => {
  const asked: (string | undefined)[] = [];
  const portal = createServer((request: IncomingMessage, response) => {
    asked.push(request.url);
    response.writeHead(401, { "x-amzn-errortype": "UnauthorizedException" }).end("{}");
  });
  await new Promise<void>((done) => portal.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
  const home = await mkdtemp(join(tmpdir(), "sms-sso-"));
  try {
    const cache = join(home, ".aws", "sso", "cache");
    await mkdir(cache, { recursive: true });
    const token = { accessToken: "token", expiresAt: new Date(Date.now() + 3_600_000) };
    const name = createHash("sha1").update("dev").digest("hex");
    await writeFile(join(cache, `${name}.json`), JSON.stringify(token));
    await writeFile(join(home, ".aws", "config"), configOf(url));
    const args = ["ls", "s3://", "--endpoint-url", url, "--retry-seconds", "0", ...flags];
    const { code, stderr } = await runCommand(args, { cwd: home, env });
    expect(stderr).toContain("The SSO session was ended");
    expect(code).toBe(4);
    expect(asked).toEqual(["/federation/credentials?account_id=123456789012&role_name=Scientist"]);
  } finally {
    portal.closeAllConnections();
    portal.close();
    await rm(home, { recursive: true });
  }
});

const configOf = (url: string) => `
[profile lab]
sso_session = dev
sso_account_id = 123456789012
sso_role_name = Scientist
services = embedded
[sso-session dev]
sso_start_url = https://d-0000000000.awsapps.com/start
sso_region = us-east-1
[services embedded]
sso =
  endpoint_url = ${url}
`;
