import { expect, test } from "vitest";
import { httpLimits } from "../../core/http-limits.ts";
import { RequestBody } from "./request-body.ts";

class Gate {
  isPaused = false;
  calls = 0;
  pause(): void {
    this.isPaused = true;
    this.calls += 1;
  }
  resume(): void {
    this.isPaused = false;
    this.calls += 1;
  }
}

const piece = (text: string): Buffer => Buffer.from(text);

test("pieces come out in their order, and then the end", () => {
  const body = new RequestBody(new Gate());
  expect(body.read()).toBeUndefined();
  body.push(piece("a"));
  body.push(piece("b"));
  expect(body.read()?.toString()).toBe("a");
  body.push(piece("c"));
  body.end();
  expect(body.isRead).toBe(false);
  expect(body.read()?.toString()).toBe("b");
  expect(body.isRead).toBe(false);
  expect(body.read()?.toString()).toBe("c");
  expect(body.isRead).toBe(true);
  expect(body.read()).toBeUndefined();
});

test("an empty body is read once it has ended", () => {
  const body = new RequestBody(new Gate());
  expect(body.isRead).toBe(false);
  body.end();
  expect(body.isRead).toBe(true);
});

test("the client waits while as much waits as may, and until all has been read", () => {
  const gate = new Gate();
  const body = new RequestBody(gate);
  const half = Buffer.alloc(httpLimits.readAheadBytes / 2);
  body.push(half);
  expect(gate.isPaused).toBe(false);
  body.push(half);
  expect(gate.isPaused).toBe(true);
  body.push(half);
  expect(gate.calls).toBe(1);
  body.read();
  body.read();
  expect(gate.isPaused).toBe(true);
  body.read();
  expect(gate.isPaused).toBe(false);
  body.push(half);
  expect(gate.isPaused).toBe(false);
  body.push(half);
  expect(gate.isPaused).toBe(true);
});

test("a reader that keeps up has nobody wait", () => {
  const gate = new Gate();
  const body = new RequestBody(gate);
  body.onChange(() => void body.read());
  for (let count = 0; count < 10; count += 1) body.push(Buffer.alloc(httpLimits.readAheadBytes));
  expect(gate.calls).toBe(0);
});

test("bytes that come one by one are counted with what they cost", () => {
  const gate = new Gate();
  const body = new RequestBody(gate);
  let count = 0;
  for (; !gate.isPaused && count < httpLimits.readAheadBytes; count += 1) body.push(piece("x"));
  expect(count).toBe(Math.ceil(httpLimits.readAheadBytes / (1 + httpLimits.pieceBytes)));
});

test("to read many small pieces takes a time that grows with their number alone", () => {
  const body = new RequestBody(new Gate());
  const byte = piece("x");
  // Moved up one by one, as in an array, these would take a minute.
  for (let count = 0; count < 200_000; count += 1) body.push(byte);
  let count = 0;
  while (body.read() !== undefined) count += 1;
  expect(count).toBe(200_000);
});

test("who listens hears of bytes, the end and a failure, until it leaves", () => {
  const body = new RequestBody(new Gate());
  let heard = 0;
  body.onChange(() => (heard += 1));
  body.push(piece("a"));
  expect(heard).toBe(1);
  body.fail(new Error("gone"));
  expect(heard).toBe(2);
  expect(body.failure?.message).toBe("gone");
  body.fail(new Error("again"));
  expect(body.failure?.message).toBe("gone");
  expect(heard).toBe(2);
  body.onChange(undefined);
  body.push(piece("b"));
  expect(heard).toBe(2);
  const other = new RequestBody(new Gate());
  other.onChange(() => (heard += 1));
  other.end();
  expect(heard).toBe(3);
  other.fail(new Error("late"));
  expect(other.failure).toBeUndefined();
  expect(heard).toBe(3);
});
