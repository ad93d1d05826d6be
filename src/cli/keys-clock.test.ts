import { describe, expect, it } from "vitest";
import { KeysClock } from "./keys-clock.ts";

const now = Date.UTC(2026, 10, 27, 12);
const minute = 60_000;
const inMinutes = (count: number): Date => new Date(now + count * minute);

function clock(term: Parameters<KeysClock["note"]>[0]) {
  const notes: string[] = [];
  const keys = new KeysClock({ note: (text) => void notes.push(text) });
  keys.note(term);
  return { keys, notes };
}

const fixed = (minutes: number) =>
  clock({ expiration: inMinutes(minutes), isRenewed: false, signInEnds: undefined });

describe("keys that nothing renews", () => {
  it("are told of below fifteen minutes", () => {
    expect(fixed(60).keys.timeLeft(now, 30)).toBe("");
    expect(fixed(14).keys.timeLeft(now, 30)).toBe("keys end in 14:00");
    expect(fixed(14).keys.timeLeft(now, undefined)).toBe("keys end in 14:00");
    expect(fixed(-1).keys.timeLeft(now, 30)).toBe("keys have ended");
  });

  it("and when the work takes longer than they last, with what to do, once", () => {
    const { keys, notes } = fixed(60);
    expect(keys.timeLeft(now, 3601)).toBe("keys end in 1:00:00");
    keys.timeLeft(now, 7200);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/end at 2026-11-27 13:00:00 UTC, before this is done.*Run it again/);
  });
});

describe("keys that are renewed", () => {
  it("end with the sign-in, which can be made anew meanwhile", () => {
    const { keys, notes } = clock({
      expiration: inMinutes(30),
      isRenewed: true,
      signInEnds: inMinutes(60),
    });
    expect(keys.timeLeft(now, 30 * 60)).toBe("");
    expect(keys.timeLeft(now, 90 * 60)).toBe("keys end in 1:00:00");
    expect(notes[0]).toContain("sms-storage login");
  });

  it("last to their own end where the sign-in ends before", () => {
    const { keys } = clock({
      expiration: inMinutes(60),
      isRenewed: true,
      signInEnds: inMinutes(5),
    });
    expect(keys.timeLeft(now, 30 * 60)).toBe("");
    expect(keys.timeLeft(now, 61 * 60)).toBe("keys end in 1:00:00");
  });

  it("are not told of, but for a renewal that did not come", () => {
    const term = { isRenewed: true, signInEnds: undefined };
    expect(clock({ ...term, expiration: inMinutes(6) }).keys.timeLeft(now, 9999)).toBe("");
    expect(clock({ ...term, expiration: inMinutes(4) }).keys.timeLeft(now, 9999)).toBe(
      "keys end in 4:00",
    );
  });
});

it("says nothing of keys without an end, or before there are any", () => {
  const { keys } = clock({ expiration: undefined, isRenewed: false, signInEnds: undefined });
  expect(keys.timeLeft(now, 9999)).toBe("");
  expect(new KeysClock({ note: () => undefined }).timeLeft(now, 9999)).toBe("");
});
