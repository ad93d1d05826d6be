import type { Tag } from "../../core/bucket-settings.ts";
import { iamLimits } from "../../core/iam-limits.ts";
import type { QueryParameters } from "../../protocol/query.ts";
import { QueryError } from "../aws-query/query-error.ts";
import { invalidValue, unfitValue } from "./iam-error.ts";

const namePattern = /^[\w+=,.@-]+$/;
const pathPattern = /^\/(?:[\x21-\x7e]+\/)?$/;
/** Of roles that AWS makes, which no policy of an organisation limits and nobody else can change. */
export const reservedPath = /^\/aws-(?:reserved|service-role)\//;
const tagKeyPattern = /^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u;
const tagValuePattern = /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u;

/** The parameters of a call, checked as they are read. Each throws QueryError ValidationError. */
export class IamInput {
  readonly #values: ReadonlyMap<string, string>;

  constructor(form: QueryParameters) {
    // Of a name that is repeated the first counts.
    this.#values = new Map(form.entries().toReversed());
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw unfitValue(name, "not be null");
    return value;
  }

  /** A text of 1 to `characters`. */
  sized(name: string, characters: number): string {
    const value = this.required(name);
    this.#assertLength(name, value, characters);
    return value;
  }

  /** Of a user, group, role or policy. */
  name(parameter: string, characters: number = iamLimits.longNameCharacters): string {
    const value = this.sized(parameter, characters);
    if (!namePattern.test(value)) {
      const name = parameter.charAt(0).toLowerCase() + parameter.slice(1);
      throw invalidValue(
        `The specified value for ${name} is invalid. It must contain only alphanumeric ` +
          "characters and/or the following: +=,.@_-",
      );
    }
    return value;
  }

  optionalName(parameter: string): string | undefined {
    return this.text(parameter) === undefined ? undefined : this.name(parameter);
  }

  path(parameter = "Path"): string {
    const value = this.text(parameter) ?? "/";
    this.#assertLength(parameter, value, iamLimits.pathCharacters);
    if (reservedPath.test(value)) {
      throw invalidValue(
        "The specified value for path is invalid. Paths that begin with /aws-reserved/ or " +
          "/aws-service-role/ are kept for AWS itself.",
      );
    }
    if (pathPattern.test(value)) return value;
    throw invalidValue(
      "The specified value for path is invalid. It must begin and end with / and contain only " +
        "alphanumeric characters and/or / characters.",
    );
  }

  /** Default: everything. */
  pathPrefix(): string {
    const value = this.text("PathPrefix") ?? "/";
    if (/^\/[\x21-\x7f]*$/.test(value) && value.length <= iamLimits.pathCharacters) return value;
    throw unfitValue(
      "PathPrefix",
      String.raw`satisfy regular expression pattern: \u002F[\u0021-\u007F]*`,
    );
  }

  description(): string | undefined {
    const value = this.text("Description");
    if (value !== undefined && value.length > iamLimits.descriptionCharacters) {
      const limit = iamLimits.descriptionCharacters;
      throw unfitValue("Description", `have length less than or equal to ${limit}`);
    }
    return value;
  }

  whole(name: string, least: number, most: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,9}$/.test(value)) {
      throw invalidValue(`The specified value for ${name} is no whole number.`);
    }
    if (Number(value) < least) {
      throw unfitValue(name, `have value greater than or equal to ${least}`);
    }
    if (Number(value) > most) throw unfitValue(name, `have value less than or equal to ${most}`);
    return Number(value);
  }

  flag(name: string): boolean {
    return this.text(name)?.toLowerCase() === "true";
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = values.find((one) => one === value);
    if (found === undefined) throw unfitValue(name, "satisfy enum value set");
    return found;
  }

  /** `NAME.member.1`, `NAME.member.2`, ... */
  list(name: string): readonly string[] {
    const items: string[] = [];
    for (;;) {
      const item = this.text(`${name}.member.${items.length + 1}`);
      if (item === undefined) return items;
      items.push(item);
    }
  }

  /** The names under which the members of a list of structures stand. */
  members(name: string, field: string): readonly string[] {
    const found: string[] = [];
    for (;;) {
      const member = `${name}.member.${found.length + 1}`;
      if (!this.#values.has(`${member}.${field}`)) return found;
      found.push(member);
    }
  }

  tags(): readonly Tag[] {
    const tags = this.members("Tags", "Key").map((member) => ({
      Key: this.required(`${member}.Key`),
      Value: this.required(`${member}.Value`),
    }));
    if (tags.length > iamLimits.tags) {
      throw unfitValue("Tags", `have length less than or equal to ${iamLimits.tags}`);
    }
    for (const [index, { Key, Value }] of tags.entries()) {
      if (!tagKeyPattern.test(Key)) throw unfitTag(index, "key");
      if (!tagValuePattern.test(Value)) throw unfitTag(index, "value");
    }
    if (new Set(tags.map(({ Key }) => Key.toLowerCase())).size < tags.length) {
      throw new QueryError(
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      );
    }
    return tags;
  }

  #assertLength(name: string, value: string, characters: number): void {
    if (value === "") throw unfitValue(name, "have length greater than or equal to 1");
    if (value.length > characters) {
      throw unfitValue(name, `have length less than or equal to ${characters}`);
    }
  }
}

function unfitTag(index: number, part: "key" | "value"): QueryError {
  return unfitValue(
    `tags.${index + 1}.member.${part}`,
    String.raw`satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]` +
      (part === "key" ? "+" : "*"),
  );
}
