import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { describeProgram } from "../describe-program.ts";
import { manPage, manPageName } from "./man-page.ts";

const program = describeProgram(new Command("sms-storage"));
const commandNamed = (name: string) => {
  const found = program.commands.find((command) => command.name() === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
};

describe("manPage", () => {
  it("has what --help shows, and roff takes nothing of it for its own", () => {
    const page = manPage(commandNamed("ls"), "1.2.3");
    expect(page).toContain('.TH SMS-STORAGE-LS 1 "" "sms-storage 1.2.3" "User Commands"\n');
    expect(page).toContain(".SH NAME\nsms\\-storage\\-ls \\- list objects");
    expect(page).toContain(".TP\n\\fB\\-r, \\-\\-recursive\\fR\nall keys");
    expect(page).toContain(".SH OPTIONS OF EVERY COMMAND\n.TP\n\\fB\\-\\-bucket <name>\\fR");
    expect(page).toContain(
      ".SH EXAMPLES\n.nf\n# The top of the configured bucket\n$ sms\\-storage ls\n",
    );
    expect(page).toContain("SEE ALSO\n\\fBsms\\-storage\\fR(1)");
  });

  it("exists for every command that is shown, and for no other", () => {
    expect(manPageName(commandNamed("uploads"))).toBe("sms-storage-uploads");
    const page = manPage(program, "1.2.3");
    for (const command of program.commands) {
      const isHidden = command.name() === "complete";
      expect(page.includes(`\\fB${command.name().replaceAll("-", "\\-")}\\fR`)).toBe(!isHidden);
    }
    expect(page).toContain(".SH EXIT CODES\n.nf\n  0  done");
  });

  it("keeps backslashes, and dots that begin a line", () => {
    const odd = new Command("odd")
      .description(".TH \\fBbold\n.x")
      .addHelpText("after", "\n'quoted");
    const page = manPage(odd, "1");
    expect(page).toContain(".SH DESCRIPTION\n\\&.TH \\efBbold .x\n");
    expect(page).toContain(".nf\n\\&'quoted\n.fi");
  });
});
