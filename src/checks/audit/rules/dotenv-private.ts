import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";

export const dotenvPrivate = defineRule({
  id: "ID-4",
  title: ".env is private and ignored by git",
  severity: "medium",
  needs: ["environment"],
  judge({ environment: { dotenv } }) {
    if (dotenv === undefined) return notApplicable("there is no .env");
    const { path, mode, isIgnoredByGit } = dotenv;
    const open = mode !== undefined && (mode & 0o077) !== 0;
    const faults = [
      ...(open ? [`others may read ${path} (${mode.toString(8)})`] : []),
      ...(isIgnoredByGit === false ? [`git does not ignore ${path}`] : []),
    ];
    if (faults.length === 0) return pass(`${path}: private, and in no repository`);
    return fail(faults.join("; "), "What stands in it is seen by others.", {
      text: "Make it private, and let git ignore it.",
      commands: [
        ...(open ? [`chmod 600 ${path}`] : []),
        ...(isIgnoredByGit === false ? ["echo .env >> .gitignore"] : []),
      ],
      by: "you",
    });
  },
});
