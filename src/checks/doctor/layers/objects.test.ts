import { describe, expect, it, test } from "vitest";
import { StorageError } from "../../../core/errors.ts";
import { FakeStore } from "../../../probes/testing-fixtures/fake-store.ts";
import {
  caller,
  detail,
  examineTrial,
  ids,
  keyArn,
  layerOf,
  quickStore,
  refused,
} from "../testing-fixtures/trial.ts";

const idsWith = async (store: FakeStore): Promise<string[]> =>
  (await examineTrial({ store })).findings.map(({ id }) => id);

/** Objects that were there before; what one holds is what its reading fails with. */
async function storeWith(failures: readonly (Error | undefined)[]): Promise<FakeStore> {
  const store = quickStore();
  for (const [index, failure] of failures.entries()) {
    await store.putObject(
      `old-${index}`,
      Buffer.from(failure === undefined ? "x" : `fails ${index}`),
    );
  }
  store.spoil = (bytes) => {
    const index = /^fails (\d)$/.exec(bytes.toString())?.[1];
    if (index === undefined) return bytes;
    throw failures[Number(index)];
  };
  return store;
}

const gone = new StorageError("NotFound", "deleted meanwhile", {
  status: 404,
  s3Code: "NoSuchKey",
});
const archived = new StorageError("Conflict", "archived", {
  status: 403,
  s3Code: "InvalidObjectState",
});
const unreadable = new StorageError("PermissionDenied", "the key is disabled", {
  status: 400,
  s3Code: "KMS.DisabledException",
});

test.each([
  ["deleted or archived meanwhile", [gone, archived, undefined], []],
  ["the first cannot be decrypted", [unreadable], ["D07"]],
  ["the third cannot be decrypted", [undefined, undefined, unreadable], ["D07"]],
  ["the fourth cannot, which is not looked at", [undefined, undefined, undefined, unreadable], []],
])("objects from before: %s", async (_, failures, found) => {
  expect(await idsWith(await storeWith(failures))).toEqual(found);
});

test("a missing key that looks forbidden is told from a key that was written and is not found", async () => {
  const forbidden = quickStore();
  const bare = new StorageError("PermissionDenied", "Access Denied", { status: 403 });
  const head = forbidden.headObject.bind(forbidden);
  forbidden.headObject = (key) =>
    key.endsWith("does-not-exist") ? Promise.reject(bare) : head(key);
  expect((await idsWith(forbidden))[0]).toBe("D21");
});

test.each([
  [undefined, "D59"],
  ["NoSuchKey", "D59"],
  ["NoSuchBucket", "D25"],
])("what was just written and is not found (%s): %s", async (s3Code, id) => {
  const store = quickStore();
  const missing = new StorageError("NotFound", "not there", {
    status: 404,
    ...(s3Code !== undefined && { s3Code }),
  });
  const read = store.getObject.bind(store);
  store.getObject = (key) => (key.includes("small") ? Promise.reject(missing) : read(key));
  expect((await idsWith(store))[0]).toBe(id);
});

const denial = (action: string) =>
  `User: ${caller.arn} is not authorized to perform: ${action} on resource: "${keyArn}" because no identity-based policy allows the ${action} action`;

describe("objects", () => {
  it("an upload in parts that fails behind a small one that went well", async () => {
    const store = new FakeStore();
    store.failures.set("uploadPart", refused("UploadPart", denial("kms:Decrypt")));
    expect(ids(await examineTrial({ store }))).toEqual(["D03"]);
    const small = new FakeStore();
    small.failures.set("putObject", refused("PutObject", denial("kms:GenerateDataKey")));
    const found = await examineTrial({ store: small });
    expect(ids(found)).toEqual(["D01"]);
    expect(found.facts.smallWorks).toBe(false);
  });

  it("what was there before is looked at, the doctor's own and empty ones are not", async () => {
    const store = quickStore();
    for (const name of ["a", "b", "c", "d"]) await store.putObject(name, Buffer.from("x"));
    expect(await detail({ store }, "encryption")).toBe("3 looked at");
    expect(store.versions).toHaveLength(4);
    const few = quickStore();
    for (const [name, text] of [
      ["a", "x"],
      ["folder/", ""],
    ] as const) {
      await few.putObject(name, Buffer.from(text));
    }
    expect(await detail({ store: few }, "encryption")).toBe("1 looked at");
    expect(await detail({}, "encryption")).toBe("there are none");
  });
});

describe("objects of Qumulo", () => {
  it("are overwritten and given metadata only where what is small works", async () => {
    const place = { store: "qumulo", endpointUrl: "https://cluster.example" } as const;
    const well = await examineTrial({ place });
    expect(well.facts).toMatchObject({ overwriting: "taken", keepsMetadata: false });
    expect(layerOf(well, "objects").detail).toContain("metadata of an object is dropped");
    const store = quickStore();
    store.failures.set("getObject", new StorageError("Throttled", "slow", { s3Code: "SlowDown" }));
    const broken = await examineTrial({ place, store });
    expect(ids(broken)).toEqual(["D53"]);
    expect(broken.facts.overwriting).toBeUndefined();
  });
});
