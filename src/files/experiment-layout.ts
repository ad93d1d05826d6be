import { StorageError } from "../core/errors.ts";

/** Where SMS API keeps what belongs to one experiment; folders end in `/`. */
export interface ExperimentLayout {
  /** All of it. */
  readonly folder: string;
  /** Tables and reports of a Nextflow run. */
  readonly analyses: string;
  /** What a Nextflow run was begun with. */
  readonly workflowConfig: string;
  /** Of a Ray run. */
  readonly summary: string;
  /** The Zarr group of a seed of a Ray run: `v2ecoli_seed07.zarr/`. */
  seed(number: number): string;
}

/** The caches of the parameter calculator, which jobs share by commit; folders end in `/`. */
export interface ParcaCaches {
  readonly ray: string;
  readonly upstream: string;
}

/**
 * The paths of an experiment in SMS API's layout, below `prefix`. Throws InvalidArgument of an id that
 * would lead elsewhere.
 *
 * @example
 * const { analyses } = experimentLayout("vecoli-output", "exp-1");
 * const tables = await files.streamArchive(analyses, { include: ["*.tsv", "*.json"] });
 */
export function experimentLayout(prefix: string, experimentId: string): ExperimentLayout {
  const root = prefix === "" ? "" : `${prefix.replace(/\/+$/, "")}/`;
  const id = safePart("the experiment's id", experimentId);
  const folder = `${root}${id}/`;
  return {
    folder,
    analyses: `${folder}${id}/analyses/`,
    workflowConfig: `${folder}${id}/nextflow/workflow_config.json`,
    summary: `${folder}summary.json`,
    seed(number) {
      if (!Number.isSafeInteger(number) || number < 0) {
        throw refused(`a seed is a whole number of 0 or more, not ${number}`);
      }
      return `${folder}v2ecoli_seed${String(number).padStart(2, "0")}.zarr/`;
    },
  };
}

/**
 * Throws InvalidArgument of a commit that would lead elsewhere.
 *
 * @example
 * const caches = parcaCaches("3f2a9c1");
 */
export function parcaCaches(commit: string): ParcaCaches {
  const part = safePart("the commit", commit);
  return { ray: `ray-parca-cache/${part}/`, upstream: `ray-upstream-parca-cache/${part}/` };
}

/** One part of a path on every system: letters, digits, `.`, `_`, `=`, `+`, `-`, no dot at its ends. */
const partForm = /^[A-Za-z0-9_=+-](?:[A-Za-z0-9._=+-]{0,198}[A-Za-z0-9_=+-])?$/;

function safePart(what: string, given: unknown): string {
  if (typeof given === "string" && partForm.test(given)) return given;
  const shown = JSON.stringify(given) ?? String(given);
  throw refused(
    `${what} is 1 to 200 letters, digits and . _ = + - without a dot at its ends, not ${shown.slice(0, 60)}`,
  );
}

function refused(what: string): StorageError {
  return new StorageError("InvalidArgument", `The layout has no such path: ${what}.`, {
    remedy: "Give the id as SMS API names the experiment.",
  });
}
