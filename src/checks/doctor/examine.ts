import { doctorLimits } from "../../core/doctor-limits.ts";
import { cleanUpProbe } from "../../probes/clean-up.ts";
import type { ProbeContext } from "../../probes/probe.ts";
import { type ProbeFact, runProbes } from "../../probes/run-probes.ts";
import { diagnose } from "./diagnose.ts";
import type { DoctorFacts, DoctorPlace } from "./doctor-facts.ts";
import { breaks, type DoctorFinding } from "./doctor-finding.ts";
import { askedBy, decisionLines, judgeAccess } from "./judge-access.ts";
import type { DoctorSources, Examination, Layer, LayerOutcome } from "./layer.ts";
import type { LayerName } from "./layer-name.ts";
import { layers } from "./layer-list.ts";
import { seen, type Symptom, symptomOf } from "./symptom.ts";

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
  } catch (error) {
    const left = await tidyUp(probing, facts, options);
    if (left !== undefined) await options.onLayer?.(left);
    throw error;
  }
  const left = await tidyUp(probing, facts, options);
  if (left !== undefined) {
    reports.push(left);
    await options.onLayer?.(left);
  }
  return { layers: reports, findings: worstFirst(reports), facts };
}

/** What breaks before what is worth a word, each in the order of the layers. */
function worstFirst(reports: readonly LayerReport[]): readonly DoctorFinding[] {
  const all = reports.flatMap(({ findings }) => findings);
  return [...all.filter(breaks), ...all.filter((finding) => !breaks(finding))];
}

/** What became of the doctor's own objects; undefined: it wrote none. */
async function tidyUp(
  probing: Probing,
  facts: DoctorFacts,
  { clock }: ExamineOptions,
): Promise<LayerReport | undefined> {
  const since = clock();
  const fact = await probing.cleanUp();
  if (fact === undefined) return undefined;
  const { title, status, detail, error } = fact;
  const under = `s3://${facts.bucket}/${probing.prefix}`;
  const isDone = status === "passed";
  const uploads = probing.unfinished.map(({ key, uploadId }) => `the upload ${uploadId} of ${key}`);
  const what = uploads.length === 0 ? "" : ` (${uploads.join(", ")})`;
  const left = `Left under ${under}${what} until somebody who may delete it does, or its lifecycle rule`;
  const words = isDone ? detail : `${left}: ${detail}`;
  const symptoms = isDone
    ? []
    : [error === undefined ? seen("WrongAnswer", title, words) : symptomOf(error, title)];
  const findings = symptoms.map((symptom) => diagnose(symptom, facts, "clean-up"));
  return {
    name: "clean-up",
    title: "Clean-up: the doctor's own objects are deleted",
    status: statusOf(findings, false),
    detail: words,
    durationMs: Math.round(clock() - since),
    findings,
  };
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
      const symptom = symptomOf(error, layer.title);
      return { symptoms: [symptom], detail: symptom.message };
    },
  );
  // A layer that was cut short by whoever stopped the run is no finding.
  signal?.throwIfAborted();
  const { symptoms, detail, isIdle = false } = outcome;
  const found = unique(symptoms.map((symptom) => diagnose(symptom, facts, layer.name)));
  const findings = await withDecision(found, symptoms[0], { sources, facts });
  const { name, title } = layer;
  const durationMs = Math.round(clock() - since);
  return { name, title, status: statusOf(findings, isIdle), detail, durationMs, findings };
}

/** Of a refusal the statement that decided, as far as the caller can read the policies. */
async function withDecision(
  findings: readonly DoctorFinding[],
  symptom: Symptom | undefined,
  { sources, facts }: Pick<Working, "sources" | "facts">,
): Promise<readonly DoctorFinding[]> {
  const asked = symptom === undefined ? undefined : askedBy(symptom);
  const [first, ...others] = findings;
  if (asked === undefined || first === undefined) return findings;
  const [explained] = await judgeAccess([asked], sources, facts).catch(() => []);
  if (explained === undefined) return findings;
  const evidence = [...first.evidence, ...decisionLines(explained)];
  return [{ ...first, evidence }, ...others];
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
  readonly unfinished: ProbeContext["unfinished"] = [];

  constructor(sources: DoctorSources, facts: DoctorFacts, signal: AbortSignal | undefined) {
    this.#sources = sources;
    this.#facts = facts;
    this.#signal = signal;
  }

  async open(call: ProbeContext["call"]): Promise<ProbeContext> {
    const { publicAccessBlock, store } = this.#facts;
    const { siblings, now } = this.#sources;
    const before = new Date(now().getTime() - doctorLimits.deadRunMs);
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
      unfinished: this.unfinished,
      siblings: { prefix: siblings, before },
    };
  }

  get prefix(): string {
    return this.#sources.prefix;
  }

  /** Undefined: there was nothing to delete. */
  async cleanUp(): Promise<ProbeFact | undefined> {
    if (this.#made.length === 0 && this.unfinished.length === 0) return undefined;
    const context = await this.open({});
    let outcome: ProbeFact | undefined;
    for await (const fact of runProbes([cleanUpProbe], context)) outcome = fact;
    // There a prefix is a folder, which stays when its files are gone.
    if (this.#facts.store === "qumulo") {
      await context.store.deleteObject(context.prefix).catch(() => undefined);
    }
    return outcome;
  }
}
