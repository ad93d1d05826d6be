import { serverLimits } from "../../core/limits.ts";
import { operatorLimits } from "../../core/operator-limits.ts";
import type { Engine } from "../../engine/engine.ts";

export interface Readiness {
  readonly status: "ready" | "not ready";
  readonly checks: readonly ReadinessCheck[];
}

interface ReadinessCheck {
  readonly name: "server" | "store" | "disk" | "lock";
  readonly ok: boolean;
  readonly detail: string;
}

/** Whether the server can take all requests, writes too, and if not, why. */
export async function readReadiness(engine: Engine, stopping: boolean): Promise<Readiness> {
  const checks = [serverCheck(stopping), storeCheck(engine), ...(await diskChecks(engine))];
  return { status: checks.every(({ ok }) => ok) ? "ready" : "not ready", checks };
}

function serverCheck(stopping: boolean): ReadinessCheck {
  const detail = stopping ? "It is stopping, and takes no new connections." : "It takes requests.";
  return { name: "server", ok: !stopping, detail };
}

function storeCheck(engine: Engine): ReadinessCheck {
  const { readOnlyReason } = engine.status();
  return {
    name: "store",
    ok: readOnlyReason === undefined,
    detail: readOnlyReason === undefined ? "It takes changes." : `Read-only: ${readOnlyReason}`,
  };
}

async function diskChecks(engine: Engine): Promise<ReadinessCheck[]> {
  const { directory } = engine.status();
  if (directory === undefined) return [];
  try {
    const { freeBytes, isLocked } = await engine.measure();
    const reserve = serverLimits.diskReserveBytes;
    const isNearlyFull = freeBytes < operatorLimits.diskWarningBytes;
    const room = `${mebibytes(freeBytes)} MiB are free; below ${mebibytes(reserve)} MiB writes are refused.`;
    return [
      { name: "disk", ok: !isNearlyFull, detail: isNearlyFull ? `Nearly full: ${room}` : room },
      {
        name: "lock",
        ok: isLocked,
        detail: isLocked
          ? `This server alone holds ${directory}.`
          : `The lock of ${directory} is gone: the folder was moved or removed.`,
      },
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ name: "disk", ok: false, detail: `The data folder cannot be read: ${why}` }];
  }
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / (1024 * 1024));
}
