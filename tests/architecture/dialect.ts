import { parseSync, Visitor, type SpreadElement } from "oxc-parser";

/** One sentence for each place where the code says a thing in another way than everywhere else. */
export function findForeignDialect(fileName: string, text: string): string[] {
  const problems: string[] = [];
  const visitor = new Visitor({
    VariableDeclarator: ({ id }) => {
      if (id.type === "Identifier" && /^[A-Z][A-Z0-9_]+$/.test(id.name)) {
        problems.push(`the constant ${id.name} is not camelCase`);
      }
    },
    ObjectExpression: ({ properties }) => {
      const spreads = properties.filter((property) => property.type === "SpreadElement");
      if (spreads.some(choosesNothing)) {
        problems.push("a member is left out with `? {} :` instead of `...(given && { member })`");
      }
    },
  });
  visitor.visit(parseSync(fileName, text).program);
  return problems;
}

/** `...(x === undefined ? {} : { x })`, or the other way round. */
function choosesNothing({ argument }: SpreadElement): boolean {
  const inner = argument.type === "ParenthesizedExpression" ? argument.expression : argument;
  if (inner.type !== "ConditionalExpression") return false;
  return [inner.consequent, inner.alternate].some(
    (branch) => branch.type === "ObjectExpression" && branch.properties.length === 0,
  );
}
