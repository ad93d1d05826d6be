import { describe, expect, it } from "vitest";
import { mib } from "../../core/limits.ts";
import { copyObject } from "../copy/copy-object.ts";
import { transferContext, type TransferContext } from "../transfer-context.ts";
import { uploadBytes } from "../upload/upload-object.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";

const writes = new Set(["PutObject", "CopyObject", "CompleteMultipartUpload"]);

/** A store that refuses to overwrite, with a status of the test's choice. */
function refusing(status = 403): { store: MemoryStore; context: TransferContext } {
  const store = new MemoryStore({ overwrite: "unknown" });
  store.set("dir/a", "old");
  store.fault = (operation, key) => {
    if (writes.has(operation) && store.objects.has(key))
      throw failure("PermissionDenied", { status, key });
  };
  return {
    store,
    context: transferContext(store.asStore(), {
      randomName: () => "00000000-0000-4000-8000-00000000000a",
    }),
  };
}

const staging = "dir/a.sms-staging/00000000-0000-4000-8000-00000000000a";

describe("replacing on a store that refuses to overwrite", () => {
  it.each([403, 405, 409, 412])("goes in steps, whatever the refusal: %i", async (status) => {
    const { store, context } = refusing(status);
    await expect(uploadBytes(context, "new", "dir/a")).resolves.toMatchObject({ key: "dir/a" });
    expect(store.text("dir/a")).toBe("new");
    expect([...store.objects.keys()]).toEqual(["dir/a"]);
    expect(store.log).toEqual([
      "PutObject dir/a",
      "HeadObject dir/a",
      "ListObjects dir/a.sms-staging/",
      `PutObject ${staging}`,
      `HeadObject ${staging}`,
      "HeadObject dir/a",
      "DeleteObject dir/a",
      "CopyObject dir/a",
      `DeleteObject ${staging}`,
    ]);
  });

  it("does the same with a large object in parts", async () => {
    const { store, context } = refusing();
    const large = Buffer.alloc(17 * mib, 1);
    await uploadBytes(context, large, "dir/a");
    expect(store.objects.get("dir/a")?.bytes.equals(large)).toBe(true);
    expect(store.uploads.size).toBe(0);
  });

  it.each(["n", "newer"])(
    "keeps the old object where other bytes were staged: %s",
    async (bytes) => {
      const { store, context } = refusing();
      const refuse = store.fault;
      store.fault = (operation, key, call) => {
        if (operation === "HeadObject" && key === staging) store.set(key, bytes);
        return refuse(operation, key, call);
      };
      await expect(uploadBytes(context, "new", "dir/a")).rejects.toMatchObject({
        code: "IntegrityError",
        outcome: "not-applied",
        message: expect.stringContaining(`has ${bytes.length} bytes instead of 3`) as string,
      });
      expect([...store.objects.keys()]).toEqual(["dir/a"]);
      expect(store.text("dir/a")).toBe("old");
    },
  );

  it("can delete first", async () => {
    const { store, context } = refusing();
    await uploadBytes(context, "new", "dir/a", { replace: "delete-first" });
    expect(store.text("dir/a")).toBe("new");
    expect(store.log.slice(2)).toEqual(["DeleteObject dir/a", "PutObject dir/a"]);
  });

  it("says that nothing was replaced when it may not go in steps", async () => {
    const { store, context } = refusing();
    const upload = uploadBytes(context, "new", "dir/a", { replace: "direct" });
    await expect(upload).rejects.toMatchObject({
      code: "PermissionDenied",
      message: expect.stringMatching(/nothing was replaced/) as string,
      outcome: "not-applied",
    });
    expect(store.text("dir/a")).toBe("old");
  });

  it.each(["PutObject", "HeadObject", "DeleteObject"])(
    "keeps the old object when a step before its deletion fails: %s",
    async (failing) => {
      const { store, context } = refusing();
      const refuse = store.fault;
      store.fault = (operation, key, call) => {
        if (operation === failing && key === staging) throw failure("Unavailable");
        if (operation === failing && failing === "DeleteObject") throw failure("Unavailable");
        return refuse(operation, key, call);
      };
      const upload = uploadBytes(context, "new", "dir/a");
      await expect(upload).rejects.toMatchObject({
        message: expect.stringMatching(/nothing was replaced/) as string,
        outcome: "not-applied",
      });
      expect(store.text("dir/a")).toBe("old");
    },
  );

  it("tells where the bytes are when the last copy fails", async () => {
    const { store, context } = refusing();
    const refuse = store.fault;
    store.fault = (operation, key, call) => {
      if (operation === "CopyObject") throw failure("Unavailable");
      return refuse(operation, key, call);
    };
    const upload = uploadBytes(context, "new", "dir/a");
    await expect(upload).rejects.toMatchObject({
      outcome: "applied",
      remedy: expect.stringContaining(staging) as string,
    });
    expect(store.text(staging)).toBe("new");
  });

  it("does not delete what another writer put there meanwhile", async () => {
    const { store, context } = refusing();
    const refuse = store.fault;
    store.fault = (operation, key, call) => {
      if (operation === "PutObject" && key === staging) store.set("dir/a", "another's");
      return refuse(operation, key, call);
    };
    await expect(uploadBytes(context, "new", "dir/a")).rejects.toMatchObject({ code: "Conflict" });
    expect(store.text("dir/a")).toBe("another's");
  });

  it("leaves a refusal alone that is none of an overwrite", async () => {
    const { store, context } = refusing();
    store.fault = (operation) => {
      if (operation === "PutObject") throw failure("PermissionDenied", { status: 403 });
    };
    await expect(uploadBytes(context, "new", "dir/b")).rejects.toMatchObject({
      message: "Made to fail: PermissionDenied.",
    });
    expect(store.log).toEqual(["PutObject dir/b", "HeadObject dir/b"]);
  });

  it("is never tried on a store that is known to overwrite", async () => {
    const known = new MemoryStore({ overwrite: "yes" });
    known.fault = () => {
      throw failure("PermissionDenied", { status: 403 });
    };
    await expect(uploadBytes(transferContext(known.asStore()), "x", "a")).rejects.toThrow(/fail/);
    expect(known.log).toEqual(["PutObject a"]);
  });
});

describe("conditions on a store that refuses to overwrite", () => {
  it.each([403, 405, 409, 412])(
    "ifAbsent is AlreadyExists, whatever the refusal: %i",
    async (status) => {
      const { store, context } = refusing(status);
      await expect(uploadBytes(context, "new", "dir/a", { ifAbsent: true })).rejects.toMatchObject({
        code: "AlreadyExists",
        message: expect.stringMatching(/dir\/a exists already/) as string,
      });
      expect(store.log).toEqual(["PutObject dir/a", "HeadObject dir/a"]);
      expect(store.text("dir/a")).toBe("old");
    },
  );

  it("ifMatch replaces in steps what it names", async () => {
    const { store, context } = refusing();
    const { etag } = await store.headObject("dir/a");
    await uploadBytes(context, "new", "dir/a", { ifMatch: etag });
    expect(store.text("dir/a")).toBe("new");
    expect([...store.objects.keys()]).toEqual(["dir/a"]);
  });

  it("ifMatch of another object is PreconditionFailed, and nothing is touched", async () => {
    const { store, context } = refusing();
    await expect(
      uploadBytes(context, "new", "dir/a", { ifMatch: '"other"' }),
    ).rejects.toMatchObject({ code: "PreconditionFailed" });
    expect(store.log).toEqual(["PutObject dir/a", "HeadObject dir/a"]);
  });
});

describe("a copy on a store that refuses to overwrite", () => {
  it("goes in steps", async () => {
    const { store, context } = refusing();
    store.set("from", "new");
    await expect(copyObject(context, "from", "dir/a")).resolves.toMatchObject({ sizeBytes: 3 });
    expect(store.text("dir/a")).toBe("new");
    expect([...store.objects.keys()].toSorted()).toEqual(["dir/a", "from"]);
  });

  it("says that nothing was replaced when it may not", async () => {
    const { store, context } = refusing();
    store.set("from", "new");
    await expect(copyObject(context, "from", "dir/a", { replace: "direct" })).rejects.toMatchObject(
      {
        message: expect.stringMatching(/nothing was replaced.*refused to overwrite/) as string,
        operation: "copy",
      },
    );
    expect(store.text("dir/a")).toBe("old");
  });

  it("with ifAbsent is AlreadyExists", async () => {
    const { store, context } = refusing();
    store.set("from", "new");
    const copy = copyObject(context, "from", "dir/a", { ifAbsent: true });
    await expect(copy).rejects.toMatchObject({ code: "AlreadyExists", operation: "copy" });
    expect(store.text("dir/a")).toBe("old");
  });
});

describe("many writers of one object on a store that refuses to overwrite", () => {
  it("copies again when what was in the way goes while it is looked at", async () => {
    const { store, context } = refusing();
    store.withChecksum = false;
    const refuse = store.fault;
    let copies = 0;
    store.fault = (operation, key, call) => {
      if (operation === "CopyObject") {
        copies += 1;
        if (copies === 1) store.set("dir/a", "own");
      }
      // A third writer makes room for its own, and fails to fill it.
      if (operation === "GetObject" && key === "dir/a") {
        store.objects.delete("dir/a");
        throw failure("NotFound");
      }
      return refuse(operation, key, call);
    };
    await uploadBytes(context, "new", "dir/a");
    expect(store.text("dir/a")).toBe("new");
    expect([...store.objects.keys()]).toEqual(["dir/a"]);
    expect(copies).toBe(2);
  });

  it("does not know whether its object is in place when the one there cannot be read", async () => {
    const { store, context } = refusing();
    store.withChecksum = false;
    const refuse = store.fault;
    store.fault = (operation, key, call) => {
      if (operation === "CopyObject") store.set("dir/a", "own");
      if (operation === "GetObject") throw failure("Unavailable");
      return refuse(operation, key, call);
    };
    await expect(uploadBytes(context, "new", "dir/a")).rejects.toMatchObject({
      outcome: "unknown",
      message: expect.stringContaining("whether the object there is the new one") as string,
    });
    expect(store.text(staging)).toBe("new");
  });
});
