import { join } from "node:path";
import { expect, it } from "vitest";
import { codeCacheFolder } from "./code-cache-folder.ts";

it.each([
  [{}, "linux", join("/h", ".cache/sms-api-storage")],
  [{ XDG_CACHE_HOME: "/cache" }, "linux", join("/cache", "sms-api-storage")],
  [{ XDG_CACHE_HOME: "relative" }, "linux", join("/h", ".cache/sms-api-storage")],
  [{}, "darwin", join("/h", "Library/Caches/sms-api-storage")],
  [{ LOCALAPPDATA: "/local" }, "win32", join("/local", "sms-api-storage/cache")],
  [{ NODE_DISABLE_COMPILE_CACHE: "1", XDG_CACHE_HOME: "/cache" }, "linux", undefined],
] as const)("with %j on %s it is %s", (environment, platform, folder) => {
  expect(codeCacheFolder(environment, platform, "/h")).toBe(folder);
});
