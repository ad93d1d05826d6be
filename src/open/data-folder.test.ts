import { join } from "node:path";
import { expect, it } from "vitest";
import { defaultDataFolder } from "./data-folder.ts";

it.each([
  [{}, "linux", join("/h", ".local/share/sms-api-storage")],
  [{ XDG_DATA_HOME: "/data" }, "linux", "/data/sms-api-storage"],
  [{ XDG_DATA_HOME: "relative" }, "linux", join("/h", ".local/share/sms-api-storage")],
  [{}, "darwin", "/h/Library/Application Support/sms-api-storage"],
  [{ XDG_DATA_HOME: "/data" }, "darwin", "/data/sms-api-storage"],
] as const)("with %j on %s it is %s", (environment, platform, folder) => {
  expect(defaultDataFolder(environment, platform, "/h")).toBe(folder);
});
