import { afterEach, expect, it, vi } from "vitest";
import { isCallback, isFlag, type OptionChecks } from "./check-options.ts";
import { takeOptions } from "./take-options.ts";

interface Wishes {
  readonly dryRun?: boolean;
  readonly onProgress?: (told: number) => unknown;
  readonly confirm?: () => boolean;
  readonly tracer?: { readonly told: number[]; tell(): void };
}

const checks: OptionChecks<Wishes> = {
  dryRun: isFlag,
  onProgress: isCallback,
  confirm: isCallback,
  tracer: () => undefined,
};
const take = (options: Wishes): Wishes => takeOptions("deletePrefix", options, checks);

afterEach(() => {
  vi.restoreAllMocks();
});

it("takes own members, and none that stand behind the options", () => {
  const inherited = Object.create({ dryRun: true }) as Wishes;
  expect(take(inherited).dryRun).toBeUndefined();
  expect(take({ dryRun: true }).dryRun).toBe(true);
});

it("reads a member once, and hears of no change after that", () => {
  let reads = 0;
  const options = {
    get dryRun() {
      reads += 1;
      return reads === 1;
    },
  };
  const given = take(options);
  expect([given.dryRun, given.dryRun, reads]).toEqual([true, true, 1]);
});

it("leaves things with methods as they are", () => {
  const tracer = {
    told: [] as number[],
    tell() {
      this.told.push(1);
    },
  };
  take({ tracer }).tracer?.tell();
  expect(tracer.told).toEqual([1]);
});

it("names the nearest option of a misspelt one", () => {
  expect(() => take({ dryrun: true } as Wishes)).toThrow(
    expect.objectContaining({
      code: "InvalidArgument",
      message: 'deletePrefix has no option "dryrun".',
      remedy: "Did you mean dryRun?",
    }) as Error,
  );
});

const fail = (): never => {
  throw new Error("no");
};

it("passes over what a listener throws, and not what a question does", () => {
  const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
  const { onProgress, confirm } = take({ onProgress: fail, confirm: fail });
  expect(onProgress?.(1)).toBeUndefined();
  expect(onProgress?.(2)).toBeUndefined();
  expect(warned.mock.calls.map(([message]) => message)).toEqual([
    "onProgress of deletePrefix failed, and what it was told went on: no",
  ]);
  expect(confirm).toThrow("no");
});
