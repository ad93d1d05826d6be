import { describe, expect, it, test } from "vitest";
import type { GetOptions, GetResult, ObjectHead } from "../../core/object-store.ts";
import { broken, MemoryStore, pieces } from "../testing-fixtures/memory-store.ts";
import { patiently } from "../testing-fixtures/patiently.ts";
import { resumedBody } from "./resumed-body.ts";

const bytes = Buffer.from("0123456789".repeat(1000));

async function read(store: MemoryStore): Promise<string> {
  const head = await store.headObject("a");
  const body = resumedBody({ store: store.asStore(), head, first: 0, lengthBytes: head.sizeBytes });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A store that looks at no condition and answers from another object after the first time. */
class CarelessStore extends MemoryStore {
  readonly other: Partial<ObjectHead>;
  readonly first: Partial<ObjectHead>;

  constructor(other: Partial<ObjectHead>, first: Partial<ObjectHead> = {}) {
    super();
    this.other = other;
    this.first = first;
    this.set("a", bytes);
    this.bodyOf = (part, call) => (call === 1 ? broken(part, 5000) : pieces(part));
  }

  override async headObject(key: string) {
    return { ...(await super.headObject(key)), ...this.first };
  }

  override async getObject(
    key: string,
    { ifMatch: _unread, ...options }: GetOptions = {},
  ): Promise<GetResult> {
    const answer = await super.getObject(key, options);
    const changes = this.gets.length === 1 ? this.first : this.other;
    return { ...answer, head: { ...answer.head, ...changes } };
  }
}

describe("a body that breaks", () => {
  it("is taken up as long as bytes come, however often it breaks", async () => {
    const store = new MemoryStore();
    store.set("a", bytes);
    store.bodyOf = (part) => broken(part, 400);
    expect(await patiently(() => read(store))).toMatchObject({ outcome: "whole" });
    expect(store.gets.length).toBeGreaterThanOrEqual(25);
  });

  it("is given up when no byte comes for 20 s", async () => {
    const store = new MemoryStore();
    store.set("a", bytes);
    store.bodyOf = (part, call) => broken(part, call === 1 ? 400 : 0);
    const { outcome, lastedMs } = await patiently(() => read(store));
    expect(outcome).toBe("Unavailable");
    expect(lastedMs).toBeGreaterThan(20_000);
    expect(lastedMs).toBeLessThan(30_000);
  });
});

test("an answer with the whole object is not taken for the rest of it", async () => {
  class WholeStore extends MemoryStore {
    override async getObject(
      key: string,
      { range: _unread, ...options }: GetOptions = {},
    ): Promise<GetResult> {
      return await super.getObject(key, options);
    }
  }
  const store = new WholeStore();
  store.set("a", bytes);
  store.bodyOf = (part, call) => (call === 1 ? broken(part, 5000) : pieces(part));
  expect((await patiently(() => read(store))).outcome).toBe("NotSupported");
});

describe("a store that looks at no condition", () => {
  it.each([
    ["ETag", new CarelessStore({ etag: '"other"' })],
    ["size", new CarelessStore({ sizeBytes: 9999 })],
    [
      "time, where it has no ETags",
      new CarelessStore(
        { etag: "", lastModified: new Date(2000) },
        { etag: "", lastModified: new Date(1000) },
      ),
    ],
  ])("is found out by the %s of its answer", async (_what, store) => {
    expect((await patiently(() => read(store))).outcome).toBe("PreconditionFailed");
  });

  it("is believed while they stay the same", async () => {
    const store = new CarelessStore({});
    expect((await patiently(() => read(store))).outcome).toBe("whole");
  });
});
