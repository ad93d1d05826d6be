import { beforeEach, expect, it } from "vitest";
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

const said: string[] = [];
const hear = () => retryNote({ note: (text) => void said.push(text) });
const words =
  "HeadObject of a in bkt: SlowDown (503): Please reduce your request rate. It is being tried " +
  "again; Ctrl-C stops it.";

beforeEach(() => void said.splice(0));

it("says nothing of an outage that is over soon, however long the pause after it", () => {
  const note = hear();
  note(retry(0, 100));
  note(retry(1500, 3200));
  expect(said).toEqual([]);
});

it("speaks once of a long one", () => {
  const note = hear();
  note(retry(3100, 200));
  note(retry(9000, 5000));
  expect(said).toEqual([words]);
});

it("ends a sentence that others left open", () => {
  const open = { ...retry(0, 10_000), message: "The host name was not found" } as ClientEvent;
  hear()(open);
  expect(said).toEqual(["The host name was not found. It is being tried again; Ctrl-C stops it."]);
});

it("speaks at once when the store asks for a long pause", () => {
  hear()(retry(0, 10_000));
  expect(said).toEqual([words]);
});
