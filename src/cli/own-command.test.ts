import { expect, it } from "vitest";
import { ownCommand } from "./own-command.ts";

it.each([
  ["/clone/dist/cli/main.js", "/clone", "node dist/cli/main.js"],
  ["/clone/dist/cli/main.js", "/elsewhere", "node /clone/dist/cli/main.js"],
  ["/my clone/dist/cli/main.js", "/elsewhere", "node '/my clone/dist/cli/main.js'"],
  ["/usr/local/bin/sms-storage", "/elsewhere", "sms-storage"],
  ["/opt/bin/sms-storage", "/elsewhere", "/opt/bin/sms-storage"],
  ["/lab/node_modules/.bin/sms-storage", "/lab", "node_modules/.bin/sms-storage"],
])("called as %s, it is called again from %s by: %s", (script, cwd, words) => {
  const path = "/usr/bin:/usr/local/bin:/lab/node_modules/.bin";
  expect(ownCommand({ script, cwd, path, isRunByNpm: true })).toBe(words);
});

it.each(["/lab/node_modules/.bin", "node_modules/.bin", "./node_modules/.bin/"])(
  "the user's own PATH of %s calls it by its name",
  (path) => {
    const script = "/lab/node_modules/.bin/sms-storage";
    const call = { script, cwd: "/lab", path, isRunByNpm: false };
    expect(ownCommand(call)).toBe("sms-storage");
  },
);
