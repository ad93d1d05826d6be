import {
  isAccountId,
  isCallback,
  isFilledText,
  type OptionChecks,
  ownOptions,
} from "../core/check-options.ts";
import type { DoctorFinding } from "../checks/doctor/doctor-finding.ts";
import type { LayerReport } from "../checks/doctor/examine.ts";
import { type GetSettingsOptions, inspectSettings } from "../settings/get-settings.ts";
import { onStore, storeCallChecks, type StoreCallOptions } from "./setup-options.ts";

/** What the doctor looks at. */
export interface DoctorCallOptions extends StoreCallOptions {
  /** Twelve digits: whose the keys should be. Default: anybody's. */
  readonly expectedAccount?: string;
  /** Where test objects go, which are deleted again. Default `test/`. */
  readonly prefix?: string;
  /** A `.env` that is looked at. Default: none. */
  readonly envFile?: string;
  /** Told of each layer once it has been looked at. */
  readonly onLayer?: (layer: LayerReport) => void | Promise<void>;
}

const doctorChecks: OptionChecks<DoctorCallOptions> = {
  ...storeCallChecks,
  expectedAccount: isAccountId,
  prefix: isFilledText,
  envFile: isFilledText,
  onLayer: isCallback,
};

/** What was seen, from the settings to the bytes of an object. */
export interface DoctorReport {
  /** No layer is broken. */
  readonly healthy: boolean;
  readonly layers: readonly LayerReport[];
  /** Causes, the most likely first, each with its remedy. */
  readonly findings: readonly DoctorFinding[];
}

/**
 * Looks for what keeps a bucket from being used: layer after layer, to the first that is broken. Writes
 * a few test objects and deletes them again. What is wrong is in the report, wrong settings too where
 * they are left to be read here.
 *
 * @example
 * const { healthy, findings } = await doctor();
 * if (!healthy) console.error(findings[0]?.title, findings[0]?.remedy);
 */
export async function doctor(options: DoctorCallOptions = {}): Promise<DoctorReport> {
  const given = ownOptions(options);
  const { expectedAccount, prefix = "test/", envFile, onEvent, onLayer } = given;
  const from: GetSettingsOptions = envFile === undefined ? {} : { envFile };
  const resolved =
    given.settings === undefined
      ? inspectSettings(from)
      : { settings: given.settings, problems: [] };
  const known = { ...given, settings: resolved.settings };
  return onStore("doctor", known, doctorChecks, async (_settings, signal) => {
    const { openDoctorSession } = await import("../open/doctor-session.ts");
    const { examine } = await import("../checks/doctor/examine.ts");
    const session = openDoctorSession({
      resolved,
      environment: process.env,
      envFile,
      prefix: prefix.endsWith("/") ? prefix : `${prefix}/`,
      ...(expectedAccount !== undefined && { expectedAccount }),
      ...(onEvent !== undefined && { onEvent }),
    });
    try {
      const { layers, findings } = await examine(session.place, session.sources, {
        signal,
        clock: () => performance.now(),
        ...(onLayer !== undefined && { onLayer }),
      });
      const healthy = layers.every(({ status }) => status !== "broken");
      return { healthy, layers, findings };
    } finally {
      await session.close();
    }
  });
}
