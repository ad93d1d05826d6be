import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { explainSettings } from "./explain-settings.ts";
import type { Environment, SettingFlags } from "./find-values.ts";
import { parseDotenv } from "./parse-dotenv.ts";
import { resolveSettings } from "./resolve-settings.ts";

function resolve(environment: Environment, dotenv?: string, flags: SettingFlags = {}) {
  return resolveSettings({
    flags,
    environment,
    ...(dotenv !== undefined && { dotenv: { file: "/app/.env", parsed: parseDotenv(dotenv) } }),
  });
}

const problemsOf = (environment: Environment, dotenv?: string) =>
  resolve(environment, dotenv).problems.map(({ message }) => message);
const warningsOf = (environment: Environment, dotenv?: string) =>
  resolve(environment, dotenv).settings.warnings.map(({ message }) => message);

describe("precedence", () => {
  const environment = { STORAGE_S3_REGION: "eu-west-1", STORAGE_S3_BUCKET: "from-env" };
  const dotenv = "STORAGE_S3_BUCKET=from-file\nSTORAGE_LOCAL_CACHE_DIR=/cache\n";

  it("is flags, environment, .env, defaults, and each value knows its source", () => {
    const { settings, problems } = resolve(environment, dotenv, { region: "us-west-2" });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      storageS3Region: "us-west-2",
      storageS3Bucket: "from-env",
      storageLocalCacheDir: "/cache",
      storageBackend: "s3",
      storageS3EndpointUrl: undefined,
    });
    expect(settings.sources).toEqual({
      storageS3Region: { kind: "flag", name: "--region" },
      storageS3Bucket: { kind: "environment", name: "STORAGE_S3_BUCKET" },
      storageLocalCacheDir: {
        kind: "dotenv",
        name: "STORAGE_LOCAL_CACHE_DIR",
        file: "/app/.env",
        line: 2,
      },
      storageBackend: { kind: "default", name: "STORAGE_BACKEND" },
      storageQumuloVerifySsl: { kind: "default", name: "STORAGE_QUMULO_VERIFY_SSL" },
      storageRetrySeconds: { kind: "default", name: "STORAGE_RETRY_SECONDS" },
      storageIdleSeconds: { kind: "default", name: "STORAGE_IDLE_SECONDS" },
    });
  });

  it.each([
    ["0", 0],
    ["0.5", 0.5],
    ["3600", 3600],
  ])("reads STORAGE_RETRY_SECONDS=%s", (text, seconds) => {
    expect(resolve({ STORAGE_RETRY_SECONDS: text }).settings.storageRetrySeconds).toBe(seconds);
    expect(resolve({}).settings.storageRetrySeconds).toBe(20);
  });

  it("reads STORAGE_IDLE_SECONDS", () => {
    expect(resolve({ STORAGE_IDLE_SECONDS: "2.5" }).settings.storageIdleSeconds).toBe(2.5);
    expect(resolve({}).settings.storageIdleSeconds).toBe(60);
  });

  it.each(["-1", "20s", "3601", "1e3"])("refuses STORAGE_RETRY_SECONDS=%s", (text) => {
    expect(problemsOf({ STORAGE_RETRY_SECONDS: text })).toEqual([
      expect.stringContaining("STORAGE_RETRY_SECONDS"),
    ]);
  });

  it("takes AWS's names when its own are not set, even in .env", () => {
    expect(resolve({ AWS_REGION: "eu-west-1" }).settings.storageS3Region).toBe("eu-west-1");
    const own = resolve({ AWS_REGION: "eu-west-1" }, "STORAGE_S3_REGION=eu-west-2").settings;
    expect(own.storageS3Region).toBe("eu-west-2");
    expect(resolve({ AWS_DEFAULT_REGION: "eu-west-3" }).settings.sources.storageS3Region).toEqual({
      kind: "environment",
      name: "AWS_DEFAULT_REGION",
    });
  });

  it("takes AWS's endpoint variables unless AWS's switch turns them off", () => {
    const given = { AWS_ENDPOINT_URL: "http://a:1", AWS_ENDPOINT_URL_S3: "http://b:2" };
    expect(resolve(given).settings.storageS3EndpointUrl).toBe("http://b:2");
    const off = { ...given, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    expect(resolve(off).settings.storageS3EndpointUrl).toBeUndefined();
  });

  it("takes an empty variable for one that is not set", () => {
    const { settings } = resolve({ STORAGE_S3_BUCKET: "" }, "STORAGE_S3_BUCKET=from-file");
    expect(settings.storageS3Bucket).toBe("from-file");
  });

  it("gives --bucket and --endpoint-url to the chosen backend", () => {
    const flags = { bucket: "Sims", "endpoint-url": "https://q:9000", "verify-ssl": "false" };
    const { settings, problems } = resolve({ STORAGE_BACKEND: "qumulo" }, undefined, flags);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      storageQumuloBucket: "Sims",
      storageQumuloEndpointUrl: "https://q:9000",
      storageQumuloVerifySsl: false,
      storageS3Bucket: undefined,
    });
  });
});

describe("credentials", () => {
  const key = "STORAGE_S3_ACCESS_KEY_ID";
  const secret = "STORAGE_S3_SECRET_ACCESS_KEY";
  const token = "STORAGE_S3_SESSION_TOKEN";

  it.each([
    [{ [key]: "AKIA1", [secret]: "s3cr3t" }],
    [{ [key]: "ASIA1", [secret]: "s3cr3t", [token]: "t" }],
    [{}],
  ])("takes the whole set %j", (environment) => {
    expect(problemsOf(environment)).toEqual([]);
  });

  it.each([
    [{ [key]: "AKIA1" }, [secret]],
    [{ [secret]: "s3cr3t" }, [key]],
    [{ [token]: "t" }, [key, secret]],
    [{ [key]: "AKIA1", [token]: "t" }, [secret]],
    [{ [key]: "ASIA1", [secret]: "s3cr3t" }, [token]],
    [{ [key]: "ASIA1" }, [secret, token]],
  ])("names what is missing from %j", (environment, missing) => {
    const [message = "", ...more] = problemsOf(environment);
    expect(more).toEqual([]);
    expect(message).toContain(
      `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing`,
    );
    expect(message).toContain("(environment ");
    expect(message).not.toContain("s3cr3t");
    expect(message).not.toContain("AKIA1");
  });

  it("says in which line of .env the lonely part stands", () => {
    const [message] = problemsOf({}, `# keys\n${key}=AKIA1\n`);
    expect(message).toContain("/app/.env line 2");
  });

  it("has a remedy for a temporary key without its token", () => {
    const { problems } = resolve({ [key]: "ASIA1", [secret]: "s" });
    expect(problems[0]?.code).toBe("ConfigurationError");
    expect(problems[0]?.remedy).toContain(`need ${token}`);
  });

  it("warns of a half set that the backend does not use", () => {
    const environment = { STORAGE_QUMULO_ACCESS_KEY_ID: "q" };
    expect(problemsOf(environment)).toEqual([]);
    expect(warningsOf(environment)[0]).toContain("STORAGE_QUMULO_SECRET_ACCESS_KEY is missing");
    expect(problemsOf({ ...environment, STORAGE_BACKEND: "qumulo" })).toHaveLength(1);
  });

  it("warns of keys gathered from several places and of AKIA with a token", () => {
    const mixed = warningsOf({ [key]: "AKIA1" }, `${secret}=x\n`);
    expect(mixed[0]).toContain("different places");
    expect(warningsOf({ [key]: "AKIA1", [secret]: "x", [token]: "t" })[0]).toContain("long-lived");
  });

  it("does not take an unreadable key for a missing one", () => {
    const messages = problemsOf({ [key]: "AKIA 1", [secret]: "x" });
    expect(messages).toEqual([expect.stringContaining("holds white space")]);
  });
});

describe("wrong values", () => {
  it.each([
    [{ STORAGE_S3_BUCKET: "My-Bucket" }, "capital letters"],
    [{ STORAGE_S3_BUCKET: "ab" }, "2 characters"],
    [{ STORAGE_S3_BUCKET: "s3://sims/x" }, "is a URI"],
    [{ STORAGE_S3_BUCKET: "sims/x" }, "slash"],
    [{ STORAGE_S3_BUCKET: "192.168.1.1" }, "IP address"],
    [{ STORAGE_S3_BUCKET: "sims-an" }, "keeps for names like"],
    [{ STORAGE_S3_BUCKET: "${BUCKET_NAME}" }, "shell expression"],
    [{ STORAGE_S3_BUCKET: '"sims"' }, "wrapped in quotes"],
    [{ STORAGE_S3_REGION: "us east 1" }, "us-east-1 is"],
    [{ STORAGE_S3_REGION: "us-east-1a" }, "availability zone; its region is us-east-1"],
    [{ STORAGE_S3_REGION: "useast1" }, "no AWS region"],
    [{ STORAGE_S3_ENDPOINT_URL: "localhost:9000" }, "no scheme"],
    [{ STORAGE_S3_ENDPOINT_URL: "https://h/bucket" }, "has a path"],
    [{ STORAGE_S3_ENDPOINT_URL: "https://" }, "no URL"],
    [{ STORAGE_BACKEND: "gcs" }, "not offered"],
    [{ STORAGE_BACKEND: "minio" }, "no backend"],
    [{ STORAGE_BACKEND: "qumulo", STORAGE_QUMULO_VERIFY_SSL: "maybe" }, "neither true nor false"],
  ])("%j: %s", (environment, problem) => {
    const { problems } = resolve(environment);
    expect(problems).toHaveLength(1);
    const [error] = problems;
    const [name = "", value = ""] = Object.entries(environment).at(-1) ?? [];
    expect(error?.code).toBe("ConfigurationError");
    expect(error?.message).toContain(`${name} (environment ${name}): ${JSON.stringify(value)}`);
    expect(error?.message).toContain(problem);
    expect(error?.remedy).toBeTruthy();
  });

  it.each([["sims-123456789012-us-gov-west-1-an"], ["a.b-c.0"], ["x".repeat(63)]])(
    "%s is a good bucket name",
    (name) => {
      expect(problemsOf({ STORAGE_S3_BUCKET: name })).toEqual([]);
    },
  );

  it("judges names and regions by the store: foreign ones are freer", () => {
    const endpoint = { STORAGE_S3_ENDPOINT_URL: "http://127.0.0.1:9000/" };
    const foreign = { STORAGE_S3_BUCKET: "My_Bucket", STORAGE_S3_REGION: "auto", ...endpoint };
    const { settings, problems } = resolve(foreign);
    expect(problems).toEqual([]);
    expect(settings.storageS3EndpointUrl).toBe("http://127.0.0.1:9000");
    expect(problemsOf({ ...foreign, STORAGE_S3_REGION: "a b" })).toHaveLength(1);
  });

  it("never shows a password in an endpoint", () => {
    const [message] = problemsOf({ STORAGE_S3_ENDPOINT_URL: "https://me:hunter2@h" });
    expect(message).toContain("holds a user name or password");
    expect(message).not.toContain("hunter2");
  });

  it("names the flag, and all problems at once", () => {
    const { problems } = resolve({ STORAGE_S3_BUCKET: "A" }, undefined, { region: "x" });
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("STORAGE_S3_BUCKET (environment"),
      expect.stringContaining('--region: "x" is no AWS region'),
    ]);
  });

  it("is a warning where the backend is not in use", () => {
    const environment = { STORAGE_QUMULO_VERIFY_SSL: "maybe" };
    expect(problemsOf(environment)).toEqual([]);
    expect(warningsOf(environment)).toEqual([expect.stringContaining("neither true nor false")]);
  });
});

describe("warnings", () => {
  it.each([
    ["STORAGE_S3_BUKET", "STORAGE_S3_BUCKET"],
    ["STORAGE_BUCKET", "STORAGE_S3_BUCKET"],
    ["STORAGE_S3_SECRET_KEY", "STORAGE_S3_SECRET_ACCESS_KEY"],
    ["STORAGE_S3_ENDPOINT", "STORAGE_S3_ENDPOINT_URL"],
    ["STORAGE_QUMULO_URL", "STORAGE_QUMULO_ENDPOINT_URL"],
  ])("%s: did you mean %s?", (name, meant) => {
    expect(warningsOf({ [name]: "x" })).toEqual([
      `${name} is no setting of this program. Did you mean ${meant}?`,
    ]);
  });

  it("leaves SMS API's other variables alone and guesses nothing far-fetched", () => {
    expect(warningsOf({ STORAGE_GCS_BUCKET: "x", S3_WORK_BUCKET: "y" })).toEqual([]);
    expect(warningsOf({ STORAGE_ZZZ: "x" })).toEqual([
      "STORAGE_ZZZ is no setting of this program.",
    ]);
  });

  it("says that a shell expression in .env stays as it stands", () => {
    const { settings } = resolve({}, "STORAGE_LOCAL_CACHE_DIR=${HOME}/cache\nOTHER=${X}\n");
    expect(settings.storageLocalCacheDir).toBe("${HOME}/cache");
    expect(settings.warnings).toEqual([
      {
        variable: "STORAGE_LOCAL_CACHE_DIR",
        message: expect.stringContaining("stays as it stands"),
        source: { kind: "dotenv", name: "STORAGE_LOCAL_CACHE_DIR", file: "/app/.env", line: 1 },
      },
    ]);
  });

  it("says what is lost with STORAGE_QUMULO_VERIFY_SSL=false", () => {
    const off = { STORAGE_BACKEND: "qumulo", STORAGE_QUMULO_VERIFY_SSL: "false" };
    expect(warningsOf(off)).toEqual([expect.stringContaining("STORAGE_QUMULO_CA_FILE")]);
    expect(warningsOf({ ...off, STORAGE_QUMULO_ENDPOINT_URL: "http://q:9000" })).toEqual([]);
  });

  it("says that AWS keys in .env do not reach AWS's chain", () => {
    expect(warningsOf({}, "AWS_ACCESS_KEY_ID=AKIA1")[0]).toContain("environment only");
    expect(warningsOf({ AWS_PROFILE: "p", AWS_ACCESS_KEY_ID: "x" })[0]).toContain("profile wins");
  });
});

describe("secrets", () => {
  const { settings } = resolve({
    STORAGE_S3_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
    STORAGE_S3_SECRET_ACCESS_KEY: "wJalrXUtnFEMI",
    STORAGE_S3_SESSION_TOKEN: "mysessiontoken",
    STORAGE_QUMULO_ACCESS_KEY_ID: "short",
    STORAGE_QUMULO_SECRET_ACCESS_KEY: "qsecret",
  });

  it("are there for those who need them", () => {
    expect(settings.storageS3SecretAccessKey).toBe("wJalrXUtnFEMI");
  });

  it.each([
    ["printed", inspect({ settings }, { depth: 9 })],
    ["as JSON", JSON.stringify({ settings })],
    ["explained", JSON.stringify(explainSettings(settings))],
  ])("are not shown when %s", (_, text) => {
    expect(text).toContain("ASIA****");
    expect(text).not.toMatch(/IOSFODNN|wJalr|mysession|short|qsecret/);
  });
});

describe("explaining", () => {
  it("has a row for every variable, with value and source", () => {
    const rows = explainSettings(resolve({ STORAGE_S3_BUCKET: "sims" }).settings);
    expect(rows.find(({ name }) => name === "STORAGE_S3_BUCKET")).toMatchObject({
      value: "sims",
      source: { kind: "environment", name: "STORAGE_S3_BUCKET" },
    });
    expect(rows.find(({ name }) => name === "STORAGE_S3_ENDPOINT_URL")).toMatchObject({
      value: undefined,
      source: undefined,
    });
  });
});
