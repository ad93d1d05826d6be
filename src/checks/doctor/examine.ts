import { doctorLimits } from "../../core/doctor-limits.ts";
import { cleanUpProbe } from "../../probes/clean-up.ts";
import type { ProbeContext } from "../../probes/probe.ts";
import { runProbes } from "../../probes/run-probes.ts";
import { diagnose } from "./diagnose.ts";
import type { DoctorFacts, DoctorPlace } from "./doctor-facts.ts";
import { breaks, type DoctorFinding } from "./doctor-finding.ts";
import type { DoctorSources, Examination, Layer, LayerOutcome } from "./layer.ts";
import type { LayerName } from "./layer-name.ts";
import { layers } from "./layer-list.ts";
import { seen, symptomOf } from "./symptom.ts";

/** What became of a layer. `idle`: there was nothing to look at. */
export interface LayerReport {
  readonly name: LayerName;
  readonly title: string;
  readonly status: "passed" | "warned" | "broken" | "idle" | "not-reached";
  readonly detail: string;
  readonly durationMs: number;
  readonly findings: readonly DoctorFinding[];
}

export interface Diagnosis {
  readonly layers: readonly LayerReport[];
  readonly findings: readonly DoctorFinding[];
  readonly facts: DoctorFacts;
}

export interface ExamineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each layer once it is done. */
  readonly onLayer?: (report: LayerReport) => void | Promise<void>;
  /** Milliseconds, of any start. */
  readonly clock: () => number;
}

/**
 * Looks at layer after layer and stops at the first that is broken: what lies behind it is not reached.
 * Writes some test objects and deletes them again; changes nothing else. Each layer has bounded time.
 */
export async function examine(
  place: DoctorPlace,
  sources: DoctorSources,
  options: ExamineOptions,
): Promise<Diagnosis> {
  const facts: DoctorFacts = { ...place };
  const reports: LayerReport[] = [];
  const probing = new Probing(sources, facts, options.signal);
  let broken: Layer | undefined;
  try {
    for (const layer of layers) {
      const report: LayerReport =
        broken === undefined
          ? await examineLayer(layer, { sources, facts, probing }, options)
          : notReached(layer);
      reports.push(report);
      await options.onLayer?.(report);
      if (report.status === "broken") broken = layer;
    }
  } finally {
    await probing.cleanUp();
  }
  return { layers: reports, findings: reports.flatMap(({ findings }) => findings), facts };
}

interface Working {
  readonly sources: DoctorSources;
  readonly facts: DoctorFacts;
  readonly probing: Probing;
}

async function examineLayer(
  layer: Layer,
  { sources, facts, probing }: Working,
  { signal, clock }: ExamineOptions,
): Promise<LayerReport> {
  const since = clock();
  const limit = AbortSignal.timeout(doctorLimits.layerMs);
  const bound = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  const call = { signal: bound };
  const examination: Examination = {
    sources,
    facts,
    call,
    probing: () => probing.open(call),
  };
  const outcome = await withinTime(layer.examine(examination), bound, layer).catch(
    (error: unknown): LayerOutcome => {
      signal?.throwIfAborted();
      const symptom = symptomOf(error, layer.title);
      return { symptoms: [symptom], detail: symptom.message };
    },
  );
  const { symptoms, detail, isIdle = false } = outcome;
  const findings = unique(symptoms.map((symptom) => diagnose(symptom, facts, layer.name)));
  const { name, title } = layer;
  const durationMs = Math.round(clock() - since);
  return { name, title, status: statusOf(findings, isIdle), detail, durationMs, findings };
}

function statusOf(findings: readonly DoctorFinding[], isIdle: boolean): LayerReport["status"] {
  if (findings.some(breaks)) return "broken";
  if (findings.length > 0) return "warned";
  return isIdle ? "idle" : "passed";
}

/** Several probes may fail for one cause. */
function unique(findings: readonly DoctorFinding[]): readonly DoctorFinding[] {
  const byId = new Map<string, DoctorFinding>();
  for (const finding of findings) if (!byId.has(finding.id)) byId.set(finding.id, finding);
  return [...byId.values()];
}

async function withinTime(
  work: Promise<LayerOutcome>,
  bound: AbortSignal,
  { title }: Layer,
): Promise<LayerOutcome> {
  const seconds = doctorLimits.layerMs / 1000;
  const message = `This took more than ${seconds} s.`;
  const outcome = { symptoms: [seen("TimeoutError", title, message)], detail: message };
  const over = new AbortController();
  const late = new Promise<LayerOutcome>((resolve) => {
    bound.addEventListener("abort", () => resolve(outcome), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

function notReached({ name, title }: Layer): LayerReport {
  return { name, title, status: "not-reached", detail: "not reached", durationMs: 0, findings: [] };
}

/** What the probes of several layers share: one prefix, and one clean-up in the end. */
class Probing {
  readonly #sources: DoctorSources;
  readonly #facts: DoctorFacts;
  readonly #signal: AbortSignal | undefined;
  readonly #made: ProbeContext["made"] = [];

  constructor(sources: DoctorSources, facts: DoctorFacts, signal: AbortSignal | undefined) {
    this.#sources = sources;
    this.#facts = facts;
    this.#signal = signal;
  }

  async open(call: ProbeContext["call"]): Promise<ProbeContext> {
    const { publicAccessBlock, store } = this.#facts;
    return {
      store: await this.#sources.store(),
      bucket: {
        onAws: store === "aws",
        blocksPublicAcls: publicAccessBlock?.BlockPublicAcls === true,
      },
      tools: { sleep: () => Promise.resolve(), signal: this.#signal },
      prefix: this.#sources.prefix,
      patient: false,
      call,
      made: this.#made,
    };
  }

  /** What is left says so by itself: the lifecycle rule of test files deletes it. */
  async cleanUp(): Promise<void> {
    if (this.#made.length === 0) return;
    for await (const _fact of runProbes([cleanUpProbe], await this.open({})));
  }
}
