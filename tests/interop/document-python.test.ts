import { expect, it } from "vitest";
import { findFences, readPages } from "../docs/fences.ts";
import { runCommand } from "./run-command.ts";

const env = { PATH: process.env["PATH"] ?? "" };
const blocks = [...readPages()]
  .flatMap(([path, page]) => findFences(path, page))
  .filter(({ language }) => language === "python");

it.each(blocks)("the Python of $path can be read", async ({ text }) => {
  const program = "import ast, sys; ast.parse(sys.argv[1])";
  const { exitCode, stderr } = await runCommand("python3", ["-c", program, text], { env });
  expect([exitCode, stderr]).toEqual([0, ""]);
});
