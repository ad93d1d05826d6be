import { portalLimits } from "../../core/portal-limits.ts";
import type { SsoClient } from "./sso-tokens.ts";

/** A program that waits for somebody to approve. */
export interface SignIn {
  readonly client: SsoClient;
  /** Where the program asked from. */
  readonly address: string;
  /** By which the page finds it: `ABCD-EFGH`. */
  readonly userCode: string;
  /** The program's own name for it: a device code, or the code that its redirect will carry. */
  readonly secret: string;
  readonly expiresAt: number;
  /** Where the browser goes afterwards. Undefined: with a device code, which stays where it is. */
  readonly redirect?: { readonly uri: string; readonly state: string; readonly challenge: string };
  /** Undefined: nobody has decided yet. */
  decision?: { readonly user: string } | "denied";
  /** When the program asked last. */
  polledAt?: number;
}

const letters = "BCDFGHJKLMNPQRSTVWXZ";

/** Sign-ins under way. They live for minutes, so that a restart only has people begin anew. */
export class SignIns {
  readonly #bySecret = new Map<string, SignIn>();
  readonly #byUserCode = new Map<string, SignIn>();
  readonly #randomBytes: (count: number) => Buffer;

  constructor(randomBytes: (count: number) => Buffer) {
    this.#randomBytes = randomBytes;
  }

  /**
   * When too many are under way, the oldest of the address that has begun most of them makes room, so
   * that whoever begins many keeps nobody else out.
   */
  begin(asked: Pick<SignIn, "client" | "address" | "redirect">, now: Date): SignIn {
    this.#forgetOld(now);
    if (this.#bySecret.size >= portalLimits.signIns) this.#makeRoom();
    const signIn: SignIn = {
      ...asked,
      userCode: this.#userCode(),
      secret: this.#randomBytes(32).toString("base64url"),
      expiresAt: now.getTime() + portalLimits.signInMs,
    };
    this.#bySecret.set(signIn.secret, signIn);
    this.#byUserCode.set(signIn.userCode, signIn);
    return signIn;
  }

  /** As people type it. */
  findByUserCode(text: string, now: Date): SignIn | undefined {
    const code = text.toUpperCase().replace(/[^A-Z]/g, "");
    const found = this.#byUserCode.get(`${code.slice(0, 4)}-${code.slice(4)}`);
    return found === undefined || found.expiresAt <= now.getTime() ? undefined : found;
  }

  /** Also one that is over, which the program is told. */
  findBySecret(secret: string): SignIn | undefined {
    return this.#bySecret.get(secret);
  }

  end({ secret, userCode }: SignIn): void {
    this.#bySecret.delete(secret);
    this.#byUserCode.delete(userCode);
  }

  /** Those that are over are kept for a while, so that their programs learn it. */
  #forgetOld(now: Date): void {
    for (const signIn of this.#bySecret.values()) {
      if (signIn.expiresAt + portalLimits.signInMs <= now.getTime()) this.end(signIn);
    }
  }

  #makeRoom(): void {
    const byAddress = new Map<string, SignIn[]>();
    for (const signIn of this.#bySecret.values()) {
      const same = byAddress.get(signIn.address);
      if (same === undefined) byAddress.set(signIn.address, [signIn]);
      else same.push(signIn);
    }
    const [most = []] = [...byAddress.values()].sort((a, b) => b.length - a.length);
    const [oldest] = most;
    if (oldest !== undefined) this.end(oldest);
  }

  #userCode(): string {
    for (;;) {
      const text = Array.from(this.#randomBytes(8), (byte) =>
        letters.charAt(byte % letters.length),
      );
      const code = `${text.slice(0, 4).join("")}-${text.slice(4).join("")}`;
      if (!this.#byUserCode.has(code)) return code;
    }
  }
}
