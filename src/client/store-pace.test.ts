import { beforeEach, expect, it } from "vitest";
import type { UploadSource } from "../core/object-store.ts";
import { Pace } from "../core/pace.ts";
import { pacedAnswer, pacedBody } from "./store-pace.ts";

let taken: number[];
let waitedMs: number;

function pace(perSecond: number): Pace {
  return new Pace(perSecond, {
    now: () => waitedMs,
    wait: async (ms) => {
      await Promise.resolve();
      waitedMs += ms;
    },
  });
}

beforeEach(() => {
  taken = [];
  waitedMs = 0;
});

it("sends a body of bytes or of a source in pieces, at the pace", async () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index);
  const source = {
    lengthBytes: 1000,
    async *open() {
      yield bytes.subarray(0, 300);
      yield bytes.subarray(300);
    },
  };
  for (const body of [bytes, source]) {
    taken = [];
    waitedMs = 0;
    const paced = pacedBody(body, { bytes: pace(6400) }) as UploadSource;
    expect(paced.lengthBytes).toBe(1000);
    const pieces: Uint8Array[] = [];
    for await (const piece of paced.open()) {
      pieces.push(piece);
      taken.push(piece.length);
    }
    expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
    expect(Math.max(...taken)).toBe(100);
    expect(waitedMs).toBeGreaterThan(50);
  }
});

it("hands an answer on at the pace, and gives it up when its reader does", async () => {
  let isOver = false;
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(500);
    } finally {
      isOver = true;
    }
  }
  const answer = pacedAnswer({ head: {} as never, body: body() }, pace(1000));
  for await (const chunk of answer.body) {
    taken.push(chunk.length);
    if (taken.length === 2) break;
  }
  expect(waitedMs).toBe(900);
  expect(isOver).toBe(true);
});
