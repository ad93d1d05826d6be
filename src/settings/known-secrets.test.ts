import { expect, test } from "vitest";
import { inspectSettings } from "./get-settings.ts";
import { knownSecrets } from "./known-secrets.ts";

test("keys and tokens of settings and environment, and passwords of proxies; nothing else", () => {
  const environment = {
    STORAGE_S3_BUCKET: "lab",
    STORAGE_S3_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    STORAGE_S3_SECRET_ACCESS_KEY: "own-secret",
    STORAGE_QUMULO_SECRET_ACCESS_KEY: "cluster-secret",
    STORAGE_S3_SESSION_TOKEN: "own-token",
    AWS_SECRET_ACCESS_KEY: "other-secret",
    AWS_SESSION_TOKEN: "other-token",
    HTTPS_PROXY: "http://ada:p%40ss@word@proxy:3128",
    no_proxy: "a@b",
    HOME: "/home/ada",
  };
  const { settings } = inspectSettings({ environment, envFile: false });
  expect([...knownSecrets(settings, environment)].sort()).toEqual([
    "cluster-secret",
    "other-secret",
    "other-token",
    "own-secret",
    "own-token",
    "p%40ss@word",
    "p@ss@word",
  ]);
});
