import type { Identities } from "../identities/identities.ts";
import type { S3Response } from "../operation.ts";
import type { SessionTokens } from "../sts/session-tokens.ts";
import type { QueryParameters } from "../../protocol/query.ts";
import type { SignIns } from "./sign-ins.ts";
import type { SsoDirectory } from "./sso-directory.ts";
import type { SsoTokens } from "./sso-tokens.ts";

/** What the portal is made of. */
export interface SsoPortal {
  readonly directory: SsoDirectory;
  readonly tokens: SsoTokens;
  readonly signIns: SignIns;
}

/** A request to the portal, in any of its parts. */
export interface SsoCall {
  readonly portal: SsoPortal;
  readonly identities: Identities;
  readonly sessionTokens: SessionTokens;
  readonly randomBytes: (count: number) => Buffer;
  readonly now: Date;
  readonly requestId: string;
  readonly method: string;
  readonly query: QueryParameters;
  readonly headers: { get(name: string): string | undefined };
  readonly body: Buffer;
  /** `http://127.0.0.1:9000`, as the client names this server. */
  readonly endpoint: string;
  /** Of who asks, as far as it is known. */
  readonly address: string;
  /** Whether the request comes from this machine itself. */
  readonly isLocal: boolean;
}

export type SsoOperation = (call: SsoCall) => S3Response | Promise<S3Response>;
