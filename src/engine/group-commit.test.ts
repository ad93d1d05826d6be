import { expect, test, vi } from "vitest";
import { GroupCommit } from "./group-commit.ts";
import { openIndex, type IndexStore, type IndexTransaction } from "./index-store.ts";
import { Sequence } from "./sequence.ts";
import type { Tables, WritableTables } from "./tables.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");

function valueOf(tables: Tables, key: string): number | undefined {
  return tables.meta.get(bytes(key));
}

async function withCommit(
  run: (commit: GroupCommit, index: IndexStore, transactions: () => number) => Promise<void>,
  transact?: IndexStore["transact"],
  isFull?: () => Promise<boolean>,
): Promise<void> {
  await withDirectory(async (directory) => {
    const index = await openIndex(`${directory}/index`, "durable");
    let transactions = 0;
    const counted: IndexStore = {
      ...index,
      transact: async (work) => {
        transactions += 1;
        return transact === undefined ? await index.transact(work) : await transact(work);
      },
    };
    const options = isFull === undefined ? {} : { isFull };
    const commit = new GroupCommit(counted, new Sequence(() => new Date(), 0), options);
    try {
      await run(commit, index, () => transactions);
    } finally {
      await index.close();
    }
  });
}

test("writers that wait together share a transaction, and each gets its own result", async () => {
  await withCommit(async (commit, index, transactions) => {
    // Time stands still: a busy machine must not make these operations look like long ones.
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    const results = await Promise.all(
      Array.from(
        { length: 300 },
        async (_one, at) =>
          await commit.write(({ tables }) => {
            tables.meta.put(bytes(`key ${at}`), at);
            return at;
          }),
      ),
    );
    clock.mockRestore();
    expect(results).toEqual(Array.from({ length: 300 }, (_one, at) => at));
    expect(transactions()).toBe(1);
    expect(valueOf(index.tables, "key 299")).toBe(299);
  });
});

test("operations that take long do not share one: the event loop gets its turns", async () => {
  await withCommit(async (commit, _index, transactions) => {
    const slow = async (): Promise<void> =>
      await commit.write(({ tables }) => {
        const until = performance.now() + 30;
        while (performance.now() < until);
        tables.meta.put(bytes("slow"), 1);
      });
    await Promise.all([slow(), slow(), slow()]);
    expect(transactions()).toBe(3);
  });
});

test("later operations see what earlier ones of the same transaction wrote", async () => {
  await withCommit(async (commit) => {
    const put = commit.write(({ tables }) => tables.meta.put(bytes("k"), 1));
    const get = commit.write(({ tables }) => valueOf(tables, "k"));
    await put;
    expect(await get).toBe(1);
  });
});

test("an operation that refuses before it writes harms nobody else", async () => {
  await withCommit(async (commit, index) => {
    const refuse = commit.write(() => {
      throw new Error("condition not met");
    });
    const put = commit.write(({ tables }) => tables.meta.put(bytes("k"), 1));
    await expect(refuse).rejects.toThrow("condition not met");
    await put;
    expect(valueOf(index.tables, "k")).toBe(1);
  });
});

test("an operation that breaks after it wrote is undone; the others run again without it", async () => {
  await withCommit(async (commit, index) => {
    const actions: string[] = [];
    const write = async (name: string, fails: boolean): Promise<void> =>
      await commit.write((context) => {
        context.tables.meta.put(bytes(name), 1);
        context.afterCommit(() => actions.push(name));
        if (fails) throw new Error("a bug");
      });
    const results = await Promise.allSettled([
      write("a", false),
      write("b", true),
      write("c", false),
    ]);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(["a", "b", "c"].map((name) => valueOf(index.tables, name))).toEqual([1, undefined, 1]);
    expect(actions).toEqual(["a", "c"]);
    expect(commit.readOnlyReason).toBeUndefined();
  });
});

/** Stands for LMDB's own report of a failed write or flush of the index. */
const failing = async <T>(work: (transaction: IndexTransaction) => T): Promise<T> => {
  const table = {
    get: () => undefined,
    has: () => false,
    range: () => [],
    put: () => undefined,
    remove: () => undefined,
  };
  const tables = new Proxy({}, { get: () => table }) as unknown as WritableTables;
  work({ tables, changes: [] });
  const commitError = Promise.reject(new Error("EIO: i/o error"));
  commitError.catch(() => undefined);
  throw Object.assign(new Error("Commit failed"), { commitError });
};

test("when a commit fails, nobody in it is answered with success and nothing is written any more", async () => {
  await withCommit(async (commit) => {
    const results = await Promise.allSettled([commit.write(() => 1), commit.write(() => 2)]);
    expect(results.map((result) => result.status)).toEqual(["rejected", "rejected"]);
    expect(commit.readOnlyReason).toContain("EIO: i/o error");
    await expect(commit.write(() => 3)).rejects.toMatchObject({ code: "ServiceUnavailable" });
  }, failing);
});

test.each([
  ["by its name", "ENOSPC", false],
  ["by LMDB's number", 28, false],
  ["as an I/O error, when LMDB's write is cut short", 5, true],
])(
  "a full disk, told %s: refused with 503, and taken again once there is room",
  async (...facts) => {
    const [, code, full] = facts;
    let room = false;
    let index: IndexStore | undefined;
    await withCommit(
      async (commit, real) => {
        index = real;
        const put = async (): Promise<void> =>
          await commit.write(({ tables }) => tables.meta.put(bytes("k"), 1));
        for (let time = 0; time < 2; time += 1) {
          await expect(Promise.all([put(), put()])).rejects.toMatchObject({
            code: "ServiceUnavailable",
            message: expect.stringMatching(/disk is full.*Nothing was stored/),
          });
        }
        expect(commit.readOnlyReason).toBeUndefined();
        expect(valueOf(real.tables, "k")).toBeUndefined();
        room = true;
        await put();
        expect(valueOf(real.tables, "k")).toBe(1);
      },
      async (work) => {
        if (room) return await index!.transact(work);
        return await index!.transact((transaction) => {
          work(transaction);
          throw Object.assign(new Error("no room"), { code });
        });
      },
      async () => await Promise.resolve(full),
    );
  },
);

test("a commit that took place all the same is not called undone", async () => {
  let index: IndexStore | undefined;
  await withCommit(
    async (commit, real) => {
      index = real;
      const put = commit.write(({ tables }) => tables.meta.put(bytes("k"), 1));
      await expect(put).rejects.toMatchObject({ code: "InternalError" });
      expect(commit.readOnlyReason).toContain("no room");
    },
    async (work) => {
      await index!.transact(work);
      throw Object.assign(new Error("no room"), { code: "ENOSPC" });
    },
  );
});
