import { expect, it } from "vitest";
import { toWebStream } from "./web-byte-stream.ts";

function counted() {
  const seen = { asked: 0, left: false };
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    try {
      for (let byte = 1; byte <= 3; byte += 1) {
        seen.asked += 1;
        yield Uint8Array.of(byte);
      }
    } finally {
      seen.left = true;
    }
  }
  return { chunks, seen };
}

it("gives all chunks, none before it is asked for", async () => {
  const { chunks, seen } = counted();
  const stream = toWebStream(chunks());
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen.asked).toBe(0);
  expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
});

it("leaves the chunks when it is cancelled", async () => {
  const { chunks, seen } = counted();
  const reader = toWebStream(chunks()).getReader();
  await reader.read();
  await reader.cancel();
  expect(seen).toEqual({ asked: 1, left: true });
});
