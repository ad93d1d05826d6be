import { isStorageError } from "../../core/errors.ts";
import { playedLimits } from "../../core/played-limits.ts";
import { faultNames, kindOf } from "../faults/fault-kinds.ts";
import type { FaultSettings } from "../faults/fault-rule.ts";
import { parseFaultRule, parseFaultSettings } from "../faults/parse-fault-rules.ts";
import { type JsonSchema, type Shape, unfit, valueOf } from "../../shapes/shape.ts";
import type { DocumentFaults, DocumentPath } from "../../shapes/document-faults.ts";

/** Faults on demand as a file of them says them: a list of rules, or a mapping with `rules`. */
export const faultsShape: Shape<FaultSettings> = {
  schema: {
    description: "Faults on demand, as in a file of --faults; see docs/faults.md.",
    anyOf: [
      rulesSchema(),
      {
        type: "object",
        properties: {
          rules: rulesSchema(),
          seed: {
            description: "Of the draws by rate.",
            type: "integer",
            minimum: 0,
            maximum: 2 ** 32 - 1,
          },
          byHeader: { description: "Whether requests can ask for a fault.", type: "boolean" },
        },
        additionalProperties: false,
      },
    ],
  },
  read: (value, { path, faults }) => {
    const plain = valueOf(value);
    const rules = rulesOf(plain);
    const before = faults.count;
    for (const [index, rule] of rules.list.entries()) {
      tell(faults, [...path, ...rules.path, index], () => parseFaultRule(rule, ""));
    }
    if (faults.count > before) return unfit;
    return tell(faults, path, () => parseFaultSettings(plain, "")) ?? unfit;
  },
};

function rulesOf(value: unknown): {
  readonly list: readonly unknown[];
  readonly path: DocumentPath;
} {
  if (Array.isArray(value)) return { list: value.slice(0, playedLimits.faultRules), path: [] };
  const rules = typeof value === "object" && value !== null && "rules" in value ? value.rules : [];
  return {
    list: Array.isArray(rules) ? rules.slice(0, playedLimits.faultRules) : [],
    path: ["rules"],
  };
}

/** What the parser makes of it, or undefined once its words are among the faults. */
function tell<T>(faults: DocumentFaults, path: DocumentPath, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!isStorageError(error)) throw error;
    const { message, remedy } = error;
    const parts = [message, ...(remedy === undefined ? [] : [remedy])];
    faults.add(
      path,
      parts
        .map((part) => part.trim())
        .join(" ")
        .replace(/\.$/, ""),
    );
    return undefined;
  }
}

/** The form of rules; which fault strikes what, the parser alone knows. */
function rulesSchema(): JsonSchema {
  const texts = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };
  const parameters = faultNames.flatMap((name) => Object.entries(kindOf(name).parameters));
  const words = faultNames.flatMap((name) => Object.entries(kindOf(name).texts ?? {}));
  return {
    description: "Rules; of those that fit, all delays and the first other one strike.",
    type: "array",
    maxItems: playedLimits.faultRules,
    items: {
      type: "object",
      properties: {
        fault: { description: "What goes wrong.", enum: faultNames },
        operations: { description: "Of S3, or names of other services.", ...texts },
        bucket: { description: "Left out: every one.", type: "string" },
        prefix: { description: "Of keys. Left out: every one.", type: "string" },
        rate: { description: "Of the calls that fit.", type: "number", minimum: 0, maximum: 1 },
        count: { description: "So many in all.", type: "integer", minimum: 1 },
        skip: { description: "Calls that are let through first.", type: "integer", minimum: 0 },
        ...Object.fromEntries(
          parameters.map(([name, { what, min, max }]) => [
            name,
            { description: `${what}.`, type: "number", minimum: min, maximum: max },
          ]),
        ),
        ...Object.fromEntries(
          words.map(([name, what]) => [name, { description: `${what}.`, type: "string" }]),
        ),
      },
      required: ["fault"],
      additionalProperties: false,
    },
  };
}
