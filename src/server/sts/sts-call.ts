import type { ContextLookup } from "../../policy/request.ts";
import type { XmlNode } from "../../protocol/xml/render.ts";
import type { QueryInput } from "../aws-query/query-input.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import type { Identities } from "../identities/identities.ts";
import type { SessionTokens } from "./session-tokens.ts";

/** What STS needs of the server. */
export interface StsServices {
  readonly identities: Identities;
  readonly tokens: SessionTokens;
  readonly now: Date;
  readonly randomBytes: (count: number) => Buffer;
  /** Sessions end after as many seconds at most; undefined: as they are asked for. */
  readonly mostSeconds?: number | undefined;
  /** Condition keys that are not STS's own. */
  readonly lookup: ContextLookup;
}

/** A call of somebody who is known. */
export interface StsCall extends StsServices {
  readonly caller: AuthenticatedCaller;
  readonly input: QueryInput;
}

/** What stands in `<ActionResult>`. Throws QueryError. */
export type StsOperation = (call: StsCall) => readonly XmlNode[];
