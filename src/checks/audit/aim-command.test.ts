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

  it.each(["aws sso login", "aws configure sso", "export AWS_PROFILE=PROFILE", "chmod 600 .env"])(
    "%s is not the store's",
    (command) => expect(aimCommand(command, url)).toBe(command),
  );
});
