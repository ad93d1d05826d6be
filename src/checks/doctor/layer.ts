import type { AccountServices } from "../../core/account-services.ts";
import type { BucketAdmin } from "../../core/bucket-admin.ts";
import type { CallOptions, ObjectStore } from "../../core/object-store.ts";
import type { PolicySources } from "../../core/policy-sources.ts";
import type { ProbeContext } from "../../probes/probe.ts";
import type { EnvironmentFacts } from "../audit/environment-facts.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import type { LayerName } from "./layer-name.ts";
import type { Symptom } from "./symptom.ts";

/** What the first look at the endpoint found. */
export interface Reach {
  readonly host: string;
  readonly secure: boolean;
  /** `http://host:port`, without a password. */
  readonly proxy?: string;
  /** What DNS said of the host; none where a proxy asks. */
  readonly addresses: readonly string[];
  readonly failure?: { readonly layer: "network" | "tls"; readonly symptom: Symptom };
  /** The server's clock minus ours, in seconds; undefined: it told no time. */
  readonly skewSeconds?: number;
}

/** Keys as they were found; nothing secret. */
export interface FoundKeys {
  readonly source: string;
  readonly keyKind: string;
  readonly hasToken: boolean;
  readonly expiration?: Date;
}

/** Where the doctor looks; each is asked when its layer is reached. */
export interface DoctorSources {
  /** Of the settings, without what needs a request. */
  readonly problems: readonly Error[];
  readonly reach: () => Promise<Reach>;
  readonly environment: () => Promise<EnvironmentFacts>;
  /** Undefined: requests are anonymous. */
  readonly findKeys: () => Promise<FoundKeys | undefined>;
  /** Names the expected owner, where one is known. */
  readonly admin: () => Promise<BucketAdmin>;
  /** Names none: tells a bucket of another owner from one that is refused. */
  readonly adminOfAnyOwner: () => Promise<BucketAdmin>;
  readonly services: () => Promise<AccountServices>;
  readonly policies: () => Promise<PolicySources>;
  readonly store: () => Promise<ObjectStore>;
  /** Where test objects go, with a random part and an ending slash. */
  readonly prefix: string;
  /** How the prefix of every run begins. */
  readonly siblings: string;
  readonly now: () => Date;
}

export interface Examination {
  readonly sources: DoctorSources;
  readonly facts: DoctorFacts;
  readonly call: CallOptions;
  /** For probes; what they made is deleted in the end. */
  readonly probing: () => Promise<ProbeContext>;
}

export interface LayerOutcome {
  /** None: it works. Of several the first is the one that counts. */
  readonly symptoms: readonly Symptom[];
  /** A line on what was seen. */
  readonly detail: string;
  /** There was nothing to look at, for the reason in `detail`. */
  readonly isIdle?: boolean;
}

/** One step of the way from this machine to an object. */
export interface Layer {
  readonly name: LayerName;
  readonly title: string;
  /** Throws what keeps it from being looked at; that counts as a symptom. */
  readonly examine: (examination: Examination) => Promise<LayerOutcome>;
}

export const fine = (detail: string): LayerOutcome => ({ symptoms: [], detail });

export const idle = (detail: string): LayerOutcome => ({ symptoms: [], detail, isIdle: true });

export const trouble = (symptom: Symptom, detail = symptom.message): LayerOutcome => ({
  symptoms: [symptom],
  detail,
});
