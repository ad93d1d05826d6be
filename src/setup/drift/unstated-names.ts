import type { LifecycleWish, PolicyWish } from "../desired-state.ts";
import type { SetupPlan } from "../plan.ts";
import type { DriftBaseline } from "./drift-baseline.ts";

const ofPolicy = [
  "access",
  "principals",
  "tlsOnly",
  "minTls",
  "guard",
] as const satisfies readonly (keyof PolicyWish)[];
const ofLifecycle = [
  "testPrefix",
  "testDays",
  "noncurrentDays",
  "abortUploadDays",
] as const satisfies readonly (keyof LifecycleWish)[];

/**
 * The names, as in `sms-storage.yaml`, of what neither wish nor baseline says. Each is taken as the bucket has it,
 * else as the set-up's default, so that what was changed or removed of it goes unseen.
 */
export function unstatedNames(
  { desired, aspects }: Pick<SetupPlan, "desired" | "aspects">,
  baseline: DriftBaseline | undefined,
): readonly string[] {
  if (baseline?.own !== undefined) return [];
  const isSeen = (name: string): boolean =>
    aspects.some(
      ({ aspect, status, before }) =>
        aspect === name && status !== "not-supported" && ["set", "not-set"].includes(before.state),
    );
  const { policy, lifecycle } = desired;
  return [
    ...(typeof policy === "object" && isSeen("policy")
      ? ofPolicy.filter((name) => policy[name] === undefined).map((name) => `policy.${name}`)
      : []),
    ...(typeof lifecycle === "object" && isSeen("lifecycle")
      ? ofLifecycle
          .filter((name) => lifecycle[name] === undefined)
          .map((name) => `lifecycle.${name}`)
      : []),
  ];
}

/** For people. `call`: of `drift`, as it would be called. */
export function unstatedLines(names: readonly string[], call: string): string[] {
  if (names.length === 0) return [];
  return [
    `Not compared: ${names.join(", ")}. No file, option or baseline says what was wished, so they are taken as ` +
      "the bucket has them, else as the set-up's defaults; what was changed or removed of them goes unseen.",
    `  next: say them in sms-storage.yaml, or once all is well: ${call} --record`,
  ];
}
