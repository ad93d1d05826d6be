// @ts-check
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  Application,
  Converter,
  DocumentReflection,
  LogLevel,
  PageEvent,
  StructureRouter,
} from "typedoc";
import { root } from "../prepare.mjs";
import { nameHeadings } from "./heading-anchors.mjs";
import { menuWithoutScripts, toMenuWithoutScripts } from "./menu-without-scripts.mjs";
import { nameSection } from "./name-section.mjs";
import { findSiteDocuments } from "./site-documents.mjs";

const { name, version, license, exports } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

/** Declarations of an entry of the package, and what it is imported by. */
const entries = Object.entries(exports).flatMap(([path, entry]) =>
  typeof entry === "string" ? [] : [{ file: entry.types, module: path.replace(".", name) }],
);

/** Documents are where they are in the repository, the reference below `api/`. */
class SiteRouter extends StructureRouter {
  /** @override @param {import("typedoc").Reflection} target */
  getIdealBaseName(target) {
    const path = documentPath(target);
    return path?.replace(/\.md$/, "") ?? `api/${super.getIdealBaseName(target)}`;
  }
}

/**
 * Writes the site from documents and the declarations of dist/, and answers how many problems it met.
 * @param {string} folder
 */
export async function makeSite(folder) {
  const documents = findSiteDocuments();
  const app = await Application.bootstrap(optionsFor([...documents.keys()]));
  app.renderer.defineRouter("site", SiteRouter);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    document.name = documents.get(documentPath(document) ?? "") ?? document.name;
  });
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = nameSection(page.contents ?? "");
  });
  app.renderer.hooks.on("content.begin", () => toMenuWithoutScripts());
  app.renderer.hooks.on("content.end", (context) => menuWithoutScripts(context));
  const project = await app.convert();
  if (project === undefined) return 1;
  for (const child of project.children ?? []) {
    const file = project.files.getReflectionPath(child)?.replace(root, "./");
    child.name = entries.find((entry) => entry.file === file)?.module ?? child.name;
  }
  dropTitle(project.readme);
  app.validate(project);
  rmSync(folder, { recursive: true, force: true });
  await app.generateDocs(project, folder);
  return app.logger.warningCount + app.logger.errorCount;
}

/** The project that typedoc reads: the declarations of the entries, and what they import. */
function writeProject() {
  const file = join(root, ".cache", "docs-tsconfig.json");
  const files = entries.map((entry) => join(root, entry.file));
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(file, JSON.stringify({ extends: join(root, "tsconfig.json"), files, include: [] }));
  return file;
}

/** Lists that types are made of, and what a caller holds without looking into it. */
const intentionallyNotExported = [
  "checksumAlgorithms",
  "severities",
  "storageErrorCodes",
  "ServerSnapshot",
  "S3OperationShape",
];

/**
 * @param {string[]} projectDocuments
 * @returns {import("typedoc").TypeDocOptions}
 */
function optionsFor(projectDocuments) {
  return {
    name,
    entryPoints: entries.map(({ file }) => file),
    tsconfig: writeProject(),
    skipErrorChecking: true,
    logLevel: LogLevel.Warn,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    readme: join(root, "README.md"),
    projectDocuments,
    router: "site",
    includeVersion: true,
    hideGenerator: true,
    customCss: join(root, "scripts", "docs", "site.css"),
    customFooterHtml: `${name} ${version}, ${license}`,
    customFooterHtmlDisableWrapper: true,
    searchInDocuments: true,
    markdownItLoader: nameHeadings,
    highlightLanguages: [
      "typescript",
      "javascript",
      "json",
      "yaml",
      "shellscript",
      "python",
      "nginx",
      "ini",
    ],
    navigation: { includeGroups: false, includeFolders: true, compactFolders: false },
    // A property may be said by its name; what one cannot call without knowing more has to be explained.
    requiredToBeDocumented: [
      "Class",
      "Interface",
      "Function",
      "TypeAlias",
      "Variable",
      "Method",
      "Accessor",
    ],
    intentionallyNotExported,
    validation: {
      notExported: true,
      invalidLink: true,
      invalidPath: true,
      rewrittenLink: true,
      notDocumented: true,
      unusedMergeModuleWith: true,
    },
  };
}

/** @param {unknown} target */
function documentPath(target) {
  if (!(target instanceof DocumentReflection)) return undefined;
  return target.project.files.getReflectionPath(target)?.replace(root, "");
}

/**
 * The page has the project's name as its heading already.
 * @param {import("typedoc").CommentDisplayPart[] | undefined} parts
 */
function dropTitle(parts) {
  const first = parts?.[0];
  if (first?.kind === "text") first.text = first.text.replace(/^# .*\n/, "");
}
