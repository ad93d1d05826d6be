import { invalidRequest } from "./sso-error.ts";

/** The JSON of a call to the OIDC service. Throws SsoError InvalidRequestException. */
export class OidcInput {
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(body: Buffer) {
    let value: unknown;
    try {
      value = JSON.parse(body.toString("utf8"));
    } catch {
      throw invalidRequest("The request is not JSON.");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw invalidRequest("The request is no JSON object.");
    }
    this.#fields = new Map(Object.entries(value));
  }

  text(name: string): string | undefined {
    const value = this.#fields.get(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") return value;
    throw invalidRequest(`${name} must be a string.`);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== "") return value;
    throw invalidRequest(`${name} is missing.`);
  }

  texts(name: string): readonly string[] {
    const value = this.#fields.get(name);
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
    throw invalidRequest(`${name} must be a list of strings.`);
  }
}
