import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SettingFlags } from "./find-values.ts";
import { inspectSettings } from "./get-settings.ts";
import { describeSource } from "./settings.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sms-region-"));
  await mkdir(join(home, ".aws"));
  await writeFile(
    join(home, ".aws", "config"),
    [
      "[default]",
      "region = eu-west-1 # of the office",
      "[ profile lab ]",
      "s3 =",
      "  region = of-a-block",
      "region=us-gov-west-1",
      "[profile bare]",
      "output = json",
      "[profile wrong]",
      "region = nowhere",
    ].join("\n"),
  );
  await writeFile(join(home, ".aws", "credentials"), "[keys]\nregion = ap-south-1\n");
});
afterEach(() => rm(home, { recursive: true }));

function inspect(environment: Record<string, string>, flags: SettingFlags = {}) {
  return inspectSettings({ environment: { HOME: home, ...environment }, envFile: false, flags });
}

const regionOf = (environment: Record<string, string>, flags?: SettingFlags) =>
  inspect(environment, flags).settings.storageS3Region;

describe("the region of an AWS profile", () => {
  it.each([
    ["the default profile's", {}, "eu-west-1"],
    ["a named one's", { AWS_PROFILE: "lab" }, "us-gov-west-1"],
    ["that of the credentials file", { AWS_PROFILE: "keys" }, "ap-south-1"],
    ["none, where the profile names none", { AWS_PROFILE: "bare" }, "us-east-1"],
    ["none, where there is no such profile", { AWS_PROFILE: "other" }, "us-east-1"],
    ["none, where another variable names it", { AWS_REGION: "us-west-2" }, "us-west-2"],
    ["none of another store", { AWS_ENDPOINT_URL: "http://store:9000" }, "us-east-1"],
    [
      "that of another store's profile",
      { AWS_ENDPOINT_URL: "http://store:9000", AWS_PROFILE: "lab" },
      "us-gov-west-1",
    ],
  ])("is %s", (_what, environment, region) => {
    expect(regionOf(environment)).toBe(region);
  });

  it("is that of --profile, and explained with its place", () => {
    const { settings } = inspect({}, { profile: "lab" });
    expect(settings.storageS3Region).toBe("us-gov-west-1");
    const source = settings.sources.storageS3Region;
    expect(source && describeSource(source)).toBe(
      `profile lab, ${join(home, ".aws", "config")} line 6`,
    );
  });

  it("is judged like any other, with its place", () => {
    const [problem] = inspect({ AWS_PROFILE: "wrong" }).problems;
    expect(problem?.message).toContain("The region of profile wrong");
    expect(problem?.message).toContain(`${join(home, ".aws", "config")} line 10`);
  });
});
