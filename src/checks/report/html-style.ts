/** Of the audit's page; follows the reader's choice of light or dark. */
export const style = `
:root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --warn: #8a5a00; --good: #1b6e3a;
  --ink: #1c1c1e; --page: #fff; --box: #f6f6f8; }
@media (prefers-color-scheme: dark) { :root {
  --bad: #ff8a80; --warn: #ffc861; --good: #7fd8a0; --ink: #ececf0; --page: #17171a; --box: #222226; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
.score { display: flex; gap: .75rem; align-items: baseline; }
.score strong { font-size: 3rem; line-height: 1; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .5rem 1.5rem; }
dt { font-size: .8rem; opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }
.counts span { display: inline-block; margin-right: 1rem; }
article { border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 6px;
  padding: .75rem 1rem; margin: .6rem 0; break-inside: avoid; }
article p { margin: .25rem 0; overflow-wrap: anywhere; }
article.fail { border-left-color: var(--warn); }
article.fail.critical, article.fail.high { border-left-color: var(--bad); }
article.pass { border-left-color: var(--good); }
.counts .fail b { color: var(--bad); } .counts .pass b { color: var(--good); } .counts .unknown b { color: var(--warn); }
.tag { font-size: .75rem; font-weight: 600; border: 1px solid var(--line); border-radius: 4px; padding: 0 .4rem; }
.change { border-color: var(--warn); }
.also { font-size: .8rem; opacity: .75; }
pre { background: var(--box); padding: .6rem .75rem; border-radius: 4px; white-space: pre-wrap;
  overflow-wrap: anywhere; margin: .4rem 0; font-size: .85rem; }
footer { margin-top: 3rem; font-size: .8rem; opacity: .75; }
`;
