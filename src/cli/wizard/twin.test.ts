import { expect, it } from "vitest";
import { twinFileCommand } from "./twin.ts";

it("names whose keys and which .env, which a file of answers does not say", () => {
  const flags = { bucket: "b", region: "r", "endpoint-url": "http://h", profile: "lab" };
  const answered = { flags, options: {}, envFile: "../.env" };
  expect(twinFileCommand(answered, "sms-storage.yaml")).toBe(
    "sms-storage setup --yes --profile lab --dotenv ../.env",
  );
  expect(twinFileCommand({ ...answered, flags: {}, envFile: undefined }, "my wish.yaml")).toBe(
    "sms-storage setup --yes --file 'my wish.yaml'",
  );
});
