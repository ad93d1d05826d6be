import { spawn } from "node:child_process";

type Environment = Readonly<Record<string, string | undefined>>;

/** Opens an address in the user's browser, where this machine has a screen; whether it worked is nobody's concern. */
export function openBrowser(url: string, environment: Environment): void {
  const command = browserCommand(environment);
  if (command === undefined || !/^https?:\/\//.test(url)) return;
  const [program, ...args] = command;
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}

function browserCommand(environment: Environment): [string, ...string[]] | undefined {
  if (isSet(environment["SSH_CONNECTION"]) || isSet(environment["CI"])) return undefined;
  if (process.platform === "darwin") return ["open"];
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  const hasScreen = isSet(environment["DISPLAY"]) || isSet(environment["WAYLAND_DISPLAY"]);
  return hasScreen ? ["xdg-open"] : undefined;
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}
