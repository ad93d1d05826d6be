import { expect, it } from "vitest";
import type { ClientEvent } from "../client/client-event.ts";
import { retryNote } from "./retry-note.ts";

const retry = (waitedMs: number, delayMs: number): ClientEvent => ({
  type: "retry",
  operation: "HeadObject",
  attempt: 1,
  delayMs,
  waitedMs,
  reason: "SlowDown",
  message: "HeadObject of a in bkt: SlowDown (503): Please reduce your request rate.",
});

it("speaks once, and of long waits only", () => {
  const said: string[] = [];
  const hear = retryNote({ note: (text) => void said.push(text) });
  hear(retry(1000, 1900));
  expect(said).toEqual([]);
  hear(retry(1000, 2500));
  hear(retry(4000, 2500));
  expect(said).toEqual([
    "HeadObject of a in bkt: SlowDown (503): Please reduce your request rate. It is being tried " +
      "again; Ctrl-C stops it.",
  ]);
});
