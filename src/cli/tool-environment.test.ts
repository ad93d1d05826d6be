import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { formatExports } from "./tool-environment.ts";

it("gives a shell the very values, whatever is in them", () => {
  const secret = `a'b"c$HOME\\ \`d\``;
  const script = `${formatExports({ AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: secret })}
printf '%s|%s' "$AWS_SECRET_ACCESS_KEY" "\${AWS_SESSION_TOKEN-unset}"`;
  const env = { PATH: process.env["PATH"], AWS_SESSION_TOKEN: "stale" };
  expect(execFileSync("sh", ["-c", script], { env, encoding: "utf8" })).toBe(`${secret}|unset`);
});
