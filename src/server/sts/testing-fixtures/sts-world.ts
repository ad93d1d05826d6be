import { randomBytes } from "node:crypto";
import { child, childText, parseXml, type XmlElement } from "../../../protocol/xml/parse.ts";
import { contextOf } from "../../../policy/request.ts";
import type { Credentials } from "../../../core/credentials.ts";
import { openEngine } from "../../../engine/open-engine.ts";
import type { Engine } from "../../../engine/engine.ts";
import type { AuthenticatedCaller } from "../../caller.ts";
import { applyDeclaration } from "../../iam/apply-declaration.ts";
import type { DeclaredAccount, DeclaredRole, DeclaredUser } from "../../iam/declaration.ts";
import { IamDirectory } from "../../iam/iam-directory.ts";
import { KeyRing } from "../../key-ring.ts";
import { handleSts } from "../handle-sts.ts";
import { SessionTokens } from "../session-tokens.ts";

export const accountId = "111122223333";
export const strangeAccountId = "444455556666";

type Json = Readonly<Record<string, unknown>>;

/** A policy of statements without their usual parts. */
export function policy(...statements: readonly Json[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  });
}

/** Lets `principal` do `actions` to a role. */
export function trust(principal: unknown, more: Json = {}): string {
  return policy({ Principal: principal, Action: "sts:AssumeRole", ...more });
}

export function role(name: string, more: Partial<DeclaredRole> = {}): DeclaredRole {
  const none = { path: "/", inline: {}, attached: [], tags: [], sessions: [] };
  return { name, ...none, trustPolicy: trust({ AWS: accountId }), ...more };
}

/** With the keys `AKIANAME`. */
export function user(name: string, more: Partial<DeclaredUser> = {}): DeclaredUser {
  const accessKeys = [{ accessKeyId: `AKIA${name}`, secretAccessKey: `secret of ${name}` }];
  return { name, path: "/", inline: {}, attached: [], tags: [], groups: [], accessKeys, ...more };
}

export function account(id: string, more: Partial<DeclaredAccount>): DeclaredAccount {
  return {
    id,
    partition: "aws",
    rootKeys: [],
    policies: [],
    groups: [],
    users: [],
    roles: [],
    ...more,
  };
}

export interface StsAnswer {
  readonly status: number;
  /** `Code: Message` of an error. */
  readonly error: string | undefined;
  readonly result: XmlElement | undefined;
  readonly text: string;
}

/** STS with identities of its own, without sockets and signatures. */
export class StsWorld {
  readonly directory: IamDirectory;
  readonly keyRing: KeyRing;
  readonly #engine: Engine;
  readonly #tokens: SessionTokens;
  now = new Date("2026-11-26T10:00:00Z");

  private constructor(engine: Engine) {
    this.#engine = engine;
    this.directory = new IamDirectory(engine, randomBytes);
    this.#tokens = new SessionTokens(engine.secrets);
    this.keyRing = new KeyRing(this.directory, this.#tokens);
  }

  static async open(accounts: readonly DeclaredAccount[]): Promise<StsWorld> {
    const world = new StsWorld(await openEngine({ durability: "memory" }));
    await world.declare(accounts);
    return world;
  }

  async declare(accounts: readonly DeclaredAccount[]): Promise<void> {
    await applyDeclaration(this.directory, "world", { accounts }, this.now);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** Who has these keys. */
  caller(keys: string | Credentials): AuthenticatedCaller {
    const claim = typeof keys === "string" ? { accessKeyId: keys } : keys;
    const found = this.keyRing.find(claim, this.now);
    if (found === undefined) throw new Error(`${claim.accessKeyId} is unknown`);
    return found.caller;
  }

  call(
    as: AuthenticatedCaller,
    action: string,
    parameters: Readonly<Record<string, string | number>> = {},
    context: Readonly<Record<string, string>> = {},
  ): StsAnswer {
    const form = { Action: action, Version: "2011-06-15", ...parameters };
    const pairs = Object.entries(form).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    const { status, body } = handleSts({
      body: Buffer.from(pairs.join("&")),
      caller: as,
      requestId: "r-1",
      identities: this.directory,
      tokens: this.#tokens,
      randomBytes,
      now: this.now,
      lookup: contextOf(Object.entries(context)),
    });
    const text = typeof body === "string" ? body : "";
    const root = parseXml(text);
    const error = child(root, "Error");
    return {
      status,
      text,
      error: error && `${childText(error, "Code")}: ${childText(error, "Message")}`,
      result: child(root, `${action}Result`),
    };
  }

  /** The keys in an answer. */
  credentials({ result, text }: StsAnswer): Credentials {
    const found = result && child(result, "Credentials");
    const part = (name: string): string => (found && childText(found, name)) ?? "";
    if (found === undefined) throw new Error(`no credentials in ${text}`);
    return {
      accessKeyId: part("AccessKeyId"),
      secretAccessKey: part("SecretAccessKey"),
      sessionToken: part("SessionToken"),
    };
  }
}
