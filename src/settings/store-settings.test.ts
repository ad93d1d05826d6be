import { describe, expect, it } from "vitest";
import type { Environment, SettingFlags } from "./find-values.ts";
import { resolveSettings } from "./resolve-settings.ts";
import { requireBucket, storeSettings } from "./store-settings.ts";

const store = (environment: Environment, flags: SettingFlags = {}) =>
  storeSettings(resolveSettings({ environment, flags }).settings);

const keys = { STORAGE_S3_ACCESS_KEY_ID: "AKIA1", STORAGE_S3_SECRET_ACCESS_KEY: "s" };
const qumulo = {
  STORAGE_BACKEND: "qumulo",
  STORAGE_QUMULO_ENDPOINT_URL: "https://q:9000",
  STORAGE_QUMULO_ACCESS_KEY_ID: "q",
  STORAGE_QUMULO_SECRET_ACCESS_KEY: "s",
  STORAGE_QUMULO_VERIFY_SSL: "False",
};

describe("what a store needs", () => {
  it.each([
    [{}, "aws"],
    [{ STORAGE_S3_ENDPOINT_URL: "https://s3.us-gov-west-1.amazonaws.com" }, "aws"],
    [{ STORAGE_S3_ENDPOINT_URL: "http://127.0.0.1:9000" }, "s3"],
    [{ STORAGE_S3_ENDPOINT_URL: "http://10.0.0.1", STORAGE_S3_DIALECT: "Ceph" }, "ceph"],
    [{ STORAGE_S3_ENDPOINT_URL: "https://storage.googleapis.com" }, "gcs"],
    [{ STORAGE_S3_ENDPOINT_URL: "https://0a1b.r2.cloudflarestorage.com" }, "r2"],
    [{ STORAGE_S3_ENDPOINT_URL: "https://s3.us-west-004.backblazeb2.com" }, "b2"],
    [qumulo, "qumulo"],
    [{ ...qumulo, STORAGE_BACKEND: "Qumulo_S3" }, "qumulo"],
  ])("dialect of %j: %s", (environment, dialect) => {
    expect(store(environment).dialect).toBe(dialect);
  });

  it("takes key and secret without a token, which SMS API ignores", () => {
    expect(store(keys).credentials).toEqual({
      kind: "static",
      credentials: { accessKeyId: "AKIA1", secretAccessKey: "s" },
    });
  });

  it("uses AWS's chain without keys, and with a profile from a flag", () => {
    expect(store({}).credentials).toEqual({ kind: "aws-chain", profile: undefined });
    expect(store({ AWS_PROFILE: "p" }).credentials).toEqual({ kind: "aws-chain", profile: "p" });
    expect(store({ ...keys, AWS_PROFILE: "p" }).credentials.kind).toBe("static");
    expect(store(keys, { profile: "p" }).credentials).toEqual({ kind: "aws-chain", profile: "p" });
  });

  it("never asks AWS's chain for Qumulo: missing parts are named", () => {
    expect(store(qumulo)).toMatchObject({ region: "us-east-1", verifySsl: false });
    expect(() => store({ STORAGE_BACKEND: "qumulo" })).toThrow(
      "STORAGE_QUMULO_ENDPOINT_URL, STORAGE_QUMULO_ACCESS_KEY_ID, STORAGE_QUMULO_SECRET_ACCESS_KEY",
    );
  });

  it("names the variable of a missing bucket", () => {
    expect(() => requireBucket(store({}))).toThrow("STORAGE_S3_BUCKET is not set");
    expect(() => requireBucket(store(qumulo))).toThrow("STORAGE_QUMULO_BUCKET is not set");
    expect(requireBucket(store({ STORAGE_S3_BUCKET: "sims" }))).toBe("sims");
  });
});
