import { describe, expect, it } from "vitest";
import { getSettings } from "../../settings/get-settings.ts";
import { parseDesiredFile } from "../../setup/parse-desired-file.ts";
import type { CommandContext } from "../context.ts";
import { readDesiredState } from "./desired-options.ts";
import { settingsOf } from "./read-desired-file.ts";
import { originLines, valueOrigins } from "./value-origins.ts";

const file = "sms-storage.yaml";
const text = `version: 1
bucket: filed-bucket
region: eu-west-1
versioning: Suspended
policy:
  access: least
  tlsOnly: false
lifecycle: unmanaged
`;

async function wishOf(options: Record<string, unknown>, flags: Record<string, string> = {}) {
  const found = { file, ...parseDesiredFile(text, file) };
  const settings = getSettings({
    environment: { STORAGE_S3_BUCKET: "of-the-shell" },
    flags: { ...settingsOf(found), ...flags },
    envFile: false,
  });
  const context = { flags } as unknown as CommandContext;
  return {
    desired: await readDesiredState(settings, options, found),
    lines: originLines(valueOrigins(context, settings, options, found)),
  };
}

describe("flags and a file", () => {
  it("take the file before the environment, and say its lines", async () => {
    const { desired, lines } = await wishOf({});
    expect(desired).toMatchObject({
      bucket: "filed-bucket",
      region: "eu-west-1",
      versioning: "Suspended",
      policy: { access: "least", tlsOnly: false },
      lifecycle: "unmanaged",
    });
    expect(lines).toEqual([
      "From file sms-storage.yaml: bucket (line 2), region (line 3), versioning (line 4), policy.access (line 6), policy.tlsOnly (line 7), lifecycle (line 8)",
    ]);
  });

  it("take flags before the file, value by value, and say what they replace", async () => {
    const { desired, lines } = await wishOf(
      { access: "admin", testDays: "3", reset: ["ownership"] },
      { bucket: "flag-bucket" },
    );
    expect(desired).toMatchObject({
      bucket: "flag-bucket",
      policy: { access: "admin", tlsOnly: false },
      lifecycle: { testDays: 3 },
      ownership: "reset",
      versioning: "Suspended",
    });
    expect(lines).toContain("From flag --bucket: bucket, not file sms-storage.yaml line 2");
    expect(lines).toContain("From flag --access: policy.access, not file sms-storage.yaml line 6");
    expect(lines).toContain("From flag --reset: ownership");
  });

  it.each([
    [{ access: "all" }, "--access all is not one of least, read-write, admin, none."],
    [{ minTls: "1.1" }, "--min-tls 1.1 is not one of 1.2, 1.3."],
    [{ reset: ["tags"] }, "--reset tags is not one of public-access-block"],
    [{ reset: ["policy"], unmanaged: ["policy"] }, "policy cannot be both left alone and reset."],
  ])("refuse %j", async (options, message) => {
    await expect(wishOf(options)).rejects.toThrow(message);
  });
});
