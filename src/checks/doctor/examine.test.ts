import { describe, expect, it } from "vitest";
import { StorageError } from "../../core/errors.ts";
import { FakeStore } from "../../probes/testing-fixtures/fake-store.ts";
import type { EnvironmentFacts } from "../audit/environment-facts.ts";
import type { LayerReport } from "./examine.ts";
import {
  account,
  caller,
  examineTrial,
  ids,
  layerOf,
  now,
  prefix,
  quickStore,
  refused,
  type Trial,
} from "./testing-fixtures/trial.ts";

const variables = (keyKind: string | undefined, hasSecret: boolean, hasToken: boolean) => ({
  credentials: [{ source: "environment", prefix: "AWS_", keyKind, hasSecret, hasToken }],
});

const cureOf = async (...credentials: EnvironmentFacts["credentials"]) =>
  (await examineTrial({ environment: { credentials } })).findings[0]?.remedy?.commands;

describe("a run", () => {
  it("goes on behind layers with nothing to look at, and stops behind one that is broken", async () => {
    const idle = await examineTrial({ reach: { secure: false }, keys: undefined });
    expect(layerOf(idle, "tls").status).toBe("idle");
    expect(layerOf(idle, "credentials")).toMatchObject({
      status: "idle",
      detail: "requests are anonymous",
    });
    expect(layerOf(idle, "objects").status).toBe("passed");
    const told: string[] = [];
    const broken = await examineTrial({
      presence: { state: "absent" },
      onLayer: ({ name, status }) => void told.push(`${name} ${status}`),
    });
    expect(ids(broken)).toEqual(["D25"]);
    expect(told.slice(5, 9)).toEqual([
      "identity passed",
      "bucket broken",
      "settings not-reached",
      "objects not-reached",
    ]);
    expect(broken.layers.map(({ name }) => name)).not.toContain("clean-up");
  });

  it("tells what breaks before what is worth a word", async () => {
    const dotenv = { path: "/w/.env", mode: 0o644, isIgnoredByGit: true };
    const found = await examineTrial({ environment: { dotenv }, presence: { state: "absent" } });
    expect(ids(found)).toEqual(["D25", "D67"]);
  });

  it("names one cause once, by the first of its symptoms", async () => {
    const store = quickStore();
    for (const method of ["headObject", "getObject", "listObjects"]) {
      store.failures.set(
        method,
        new StorageError("Throttled", `${method}!`, { s3Code: "SlowDown" }),
      );
    }
    const found = await examineTrial({ store });
    expect(ids(found)).toEqual(["D53"]);
    expect(found.findings[0]?.symptom).toContain("getObject!");
  });

  it("leaves nothing, and says what it could not take away", async () => {
    const store = new FakeStore();
    expect(layerOf(await examineTrial({ store }), "clean-up").detail).toMatch(/nothing is left$/);
    expect(store.versions).toEqual([]);
    store.failures.set("deleteObjectVersion", new StorageError("Unavailable", "away"));
    const left = layerOf(await examineTrial({ store }), "clean-up");
    expect(left.detail).toContain(`Left under s3://lab/${prefix}`);
  });

  it("ends an upload whose parts fail, also where it is all that was made", async () => {
    const store = new FakeStore();
    store.failures.set("putObject", new StorageError("Unavailable", "away", { status: 503 }));
    store.failures.set("uploadPart", refused("UploadPart"));
    await examineTrial({ store });
    expect(store.calls.filter((call) => call === "createMultipartUpload").length).toBe(
      store.calls.filter((call) => call === "abortMultipartUpload").length,
    );
  });

  it("that is stopped finds nothing, and takes away what it wrote", async () => {
    const store = quickStore();
    const stop = new AbortController();
    const trial = {
      store,
      signal: stop.signal,
      onLayer: ({ name }: LayerReport) => name === "objects" && stop.abort(),
    };
    await expect(examineTrial(trial as Trial)).rejects.toThrow(/abort/i);
    expect(store.versions).toEqual([]);
  });
});

describe("the way to the store", () => {
  it("is told, a proxy on it, too, and an address not beside itself", async () => {
    const proxied = await examineTrial({ reach: { proxy: "http://proxy:3128", addresses: [] } });
    expect(layerOf(proxied, "network").detail).toMatch(/ \(through http:\/\/proxy:3128\)$/);
    expect(proxied.facts.proxy).toBe("http://proxy:3128");
    const plain = await examineTrial({ reach: { host: "::1", addresses: ["::1"] } });
    expect(layerOf(plain, "network").detail).toBe("::1");
  });

  it("is broken at the network or at TLS", async () => {
    const symptom = { tried: "Connect", message: "no", details: {} };
    const tls = { layer: "tls", symptom: { ...symptom, code: "CERT_HAS_EXPIRED" } } as const;
    const untrusted = await examineTrial({ reach: { failure: tls } });
    expect(layerOf(untrusted, "network").status).toBe("passed");
    expect(layerOf(untrusted, "tls").findings.map(({ id }) => id)).toEqual(["D64"]);
    const network = { layer: "network", symptom: { ...symptom, code: "ECONNREFUSED" } } as const;
    expect(ids(await examineTrial({ reach: { failure: network } }))).toEqual(["D51"]);
  });
});

describe("the clock", () => {
  it.each([
    [0, "the same", []],
    [1.9, "the same", []],
    [30, "ours is 30 s behind", []],
    [-59, "ours is 59 s ahead", []],
    [60, "ours is 60 s behind", ["D65"]],
    [-900, "ours is 15 min ahead", ["D65"]],
    [901, "ours is 15 min behind", ["D41"]],
    [-7200, "ours is 120 min ahead", ["D41"]],
  ])("of %d s", async (skewSeconds, words, found) => {
    const diagnosis = await examineTrial({ reach: { skewSeconds } });
    expect(layerOf(diagnosis, "clock").detail).toBe(words);
    expect(ids(diagnosis)).toEqual(found);
    expect(diagnosis.facts.clockSkewSeconds).toBe(skewSeconds);
  });
});

describe("configuration and credentials", () => {
  it.each([
    [variables("AKIA", true, false), []],
    [variables("ASIA", true, true), []],
    [variables("ASIA", true, false), ["AWS_SESSION_TOKEN"]],
    [variables("AKIA", false, false), ["AWS_SECRET_ACCESS_KEY"]],
    [variables(undefined, true, true), ["AWS_ACCESS_KEY_ID"]],
    [variables(undefined, false, true), ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]],
    [variables("ASIA", false, false), ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]],
  ])("%j lacks %j", async (environment, missing) => {
    const found = await examineTrial({ environment });
    const lacks = `environment lacks ${missing.join(" and ")}.`;
    expect(found.findings.map(({ id, symptom }) => [id, symptom])).toEqual(
      missing.length === 0 ? [] : [["D66", `Read the settings: ${lacks}`]],
    );
  });

  it("a part is taken away where it stands", async () => {
    const inFile = { source: "/w/.env", prefix: "STORAGE_S3_", keyKind: "ASIA" };
    const part = { ...inFile, hasSecret: true, hasToken: false };
    const here = { ...part, source: "environment", prefix: "AWS_" };
    const unset = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";
    expect(await cureOf(part)).toEqual(["sms-storage doctor --fix"]);
    expect(await cureOf(here)).toEqual([unset]);
    expect(await cureOf(part, here)).toEqual([unset, "sms-storage doctor --fix"]);
    // A whole set beside it stays.
    const whole = { ...part, source: "environment", hasToken: true };
    expect(await cureOf(whole, here)).toEqual([unset]);
  });

  it("a region is set where it counts", async () => {
    const presence = { state: "elsewhere", region: "eu-west-1" } as const;
    const commands = async (regionSource: string) =>
      (await examineTrial({ presence, place: { regionSource } })).findings[0]?.remedy?.commands;
    const appended = ["echo STORAGE_S3_REGION=eu-west-1 >> .env"];
    expect(await commands("environment STORAGE_S3_REGION")).toEqual([
      "export STORAGE_S3_REGION=eu-west-1",
    ]);
    expect(await commands("environment AWS_REGION")).toEqual(appended);
    expect(await commands("/w/.env line 2")).toEqual(appended);
  });

  it("a part of the keys outweighs what else the settings complain of", async () => {
    const problems = [new StorageError("ConfigurationError", "STORAGE_S3_BUCKET is not set.")];
    expect(ids(await examineTrial({ problems }))).toEqual(["D68"]);
    const both = { problems, environment: variables("AKIA", false, false) };
    expect(ids(await examineTrial(both))).toEqual(["D66"]);
  });

  it.each([
    [0o600, []],
    [0o640, ["D67"]],
    [0o602, ["D67"]],
    [undefined, []],
  ])("a .env of mode %o", async (mode, found) => {
    const dotenv = { path: "/w/.env", mode, isIgnoredByGit: true };
    expect(ids(await examineTrial({ environment: { dotenv } }))).toEqual(found);
  });

  it("keys that ended are found before anything is asked with them, and the others are told", async () => {
    const keys = { source: "SSO", keyKind: "ASIA", hasToken: true };
    const ended = await examineTrial({ keys: { ...keys, expiration: now } });
    expect(ids(ended)).toEqual(["D38"]);
    expect(layerOf(ended, "credentials").detail).toBe("They ended at 2026-11-27T12:00:00.000Z.");
    const expiration = new Date(now.getTime() + 1);
    const valid = await examineTrial({ keys: { ...keys, expiration } });
    expect(layerOf(valid, "credentials").detail).toBe(
      "ASIA... from SSO, until 2026-11-27T12:00:00.001Z",
    );
    expect(valid.facts).toMatchObject({ keyKind: "ASIA", keysHaveToken: true });
    expect(valid.facts.keysEnd).toBe("2026-11-27T12:00:00.001Z");
  });
});

describe("who is asking", () => {
  const china = { ...caller, arn: `arn:aws-cn:iam::${account}:user/ada` };

  it("of another partition is a finding on AWS alone", async () => {
    expect(ids(await examineTrial({ caller: china }))).toEqual(["D39"]);
    const place = { store: "s3", endpointUrl: "https://store.example" } as const;
    expect(ids(await examineTrial({ caller: china, place }))).toEqual([]);
  });

  it("is not told by stores without STS, nor where STS may not be asked", async () => {
    const none = new StorageError("NotSupported", "no STS", { status: 501 });
    const without = layerOf(await examineTrial({ caller: none }), "identity");
    expect([without.status, without.detail]).toEqual(["idle", "the store has no STS"]);
    const silent = layerOf(
      await examineTrial({ caller: refused("GetCallerIdentity") }),
      "identity",
    );
    expect([silent.status, silent.detail]).toEqual(["idle", "it is not told: Access Denied"]);
    const unknown = new StorageError("PermissionDenied", "x", {
      status: 403,
      s3Code: "InvalidClientTokenId",
    });
    expect(ids(await examineTrial({ caller: unknown }))).toEqual(["D48"]);
  });

  it("S3 tells a key that it does not know from a token that is none", async () => {
    const caller403 = new StorageError("Unauthenticated", "x", {
      status: 403,
      s3Code: "InvalidClientTokenId",
    });
    for (const [s3Code, ...causes] of [
      ["InvalidAccessKeyId", "D48", "D39"],
      ["InvalidToken", "D37", "D48"],
    ] as const) {
      const store = quickStore();
      store.failures.set("listObjects", new StorageError("Unauthenticated", "y", { s3Code }));
      const { findings } = await examineTrial({ caller: caller403, store });
      const [first] = findings;
      expect([first?.id, ...(first?.alsoPossible ?? []).map(({ id }) => id)]).toEqual(causes);
      expect(first?.evidence).toContain(`S3Code ${s3Code}`);
    }
  });

  it("is compared with whom was expected", async () => {
    expect(ids(await examineTrial({ place: { expectedAccount: account } }))).toEqual([]);
    const found = await examineTrial({ place: { expectedAccount: "444455556666" } });
    expect(ids(found)).toEqual(["D69"]);
    expect(found.findings[0]?.remedy?.text).toContain("of account 444455556666");
  });
});

describe("the bucket", () => {
  const forbidden = { state: "forbidden", region: "us-east-1" } as const;
  const owned = { place: { expectedOwner: account } };

  it("of another owner is told from one that is refused", async () => {
    expect(ids(await examineTrial({ ...owned, presence: forbidden }))).toEqual(["D72"]);
    const store = quickStore();
    store.failures.set("listObjects", refused("ListObjectsV2"));
    const both = { presence: forbidden, presenceOfAnyOwner: forbidden, store };
    expect(ids(await examineTrial({ ...owned, ...both }))).toEqual(["D22"]);
    expect(ids(await examineTrial({ presence: forbidden, store }))).toEqual(["D22"]);
  });
});

const upload = (uploadId: string, minutes: number) => ({
  key: `test/sms-storage-doctor-${uploadId}/large.bin`,
  uploadId,
  initiated: new Date(now.getTime() - minutes * 60_000),
});

it("ends uploads of runs that are over, and of none that may still go on", async () => {
  const store = quickStore();
  const ended: string[] = [];
  Object.assign(store, {
    listMultipartUploads: async () => ({ uploads: [upload("over", 61), upload("alive", 59)] }),
    abortMultipartUpload: async ({ uploadId }: { uploadId: string }) => void ended.push(uploadId),
  });
  await examineTrial({ store });
  expect(ended).toEqual(["over"]);
});
