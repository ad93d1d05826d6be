import { describe, expect, it } from "vitest";
import { aimCommand } from "./aim-command.ts";

describe("aimCommand", () => {
  const url = "http://127.0.0.1:9000";

  it.each(["aws s3api delete-bucket-policy --bucket b", "sms-storage setup --bucket b"])(
    "%s goes to the store that was looked at",
    (command) => {
      expect(aimCommand(command, url)).toBe(`${command} --endpoint-url ${url}`);
      expect(aimCommand(command, undefined)).toBe(command);
    },
  );

  it("S3 Control is called by an address that has no names before it", () => {
    const line = aimCommand("aws s3control get-public-access-block --account-id 1", url);
    expect(line).toMatch(
      /^AWS_DISABLE_HOST_PREFIX_INJECTION=true aws s3control .* --endpoint-url /,
    );
  });

  it.each([
    "aws sso login",
    "sms-storage login --profile p",
    "aws configure sso",
    "export AWS_PROFILE=PROFILE",
    "chmod 600 .env",
  ])("%s is not the store's", (command) => expect(aimCommand(command, url)).toBe(command));
});
