import { join } from "node:path";
import { expect, it } from "vitest";
import { defaultStateFolder } from "./state-folder.ts";

it.each([
  [{}, "linux", join("/h", ".local/state/sms-api-storage")],
  [{ XDG_STATE_HOME: "/state" }, "linux", "/state/sms-api-storage"],
  [{ XDG_STATE_HOME: "relative" }, "linux", join("/h", ".local/state/sms-api-storage")],
  [{}, "darwin", "/h/Library/Application Support/sms-api-storage/state"],
  [{ XDG_STATE_HOME: "/state" }, "darwin", "/state/sms-api-storage"],
] as const)("with %j on %s it is %s", (environment, platform, folder) => {
  expect(defaultStateFolder(environment, platform, "/h")).toBe(folder);
});
