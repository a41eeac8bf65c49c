/** The page's style: everything it needs is in it, and it follows the reader's choice of light or dark. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --text: #1c2430; --quiet: #5b6675; --line: #dfe4ea;
  --good: #1a7f4b; --good-soft: #dff3e7; --bad: #b3261e; --bad-soft: #fbe3e1; --warn: #8a5a00; --warn-soft: #fdf0d3;
  --own: #e4e8ee; --half: #f2c14e; --warm: #e8684a; --hot: #a3161a; }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1a2029; --text: #e4e9f0; --quiet: #97a3b3;
  --line: #2d3642; --good: #5fd093; --good-soft: #16382a; --bad: #ff8a80; --bad-soft: #43201f; --warn: #f2c14e;
  --warn-soft: #3b2f14; --own: #2a323d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 40px 0 12px; }
p { margin: 0 0 12px; }
code { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.quiet, .legend { color: var(--quiet); }
.claim { font-size: 16px; border-left: 4px solid var(--line); padding-left: 14px; margin: 16px 0 20px; }
.card, details { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.card { padding: 20px; overflow-x: auto; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin: 20px 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
.tile b { display: block; font-size: 24px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile.good b { color: var(--good); } .tile.bad b { color: var(--bad); }
.badge { display: inline-block; border-radius: 99px; padding: 1px 10px; font-size: 13px; font-weight: 600; }
.badge.good { background: var(--good-soft); color: var(--good); } .badge.bad { background: var(--bad-soft); color: var(--bad); }
.badge.warn { background: var(--warn-soft); color: var(--warn); }
details { margin: 6px 0; } details > div { padding: 0 18px 14px 62px; }
summary { cursor: pointer; padding: 9px 18px; display: flex; gap: 12px; align-items: baseline; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary .number { color: var(--quiet); width: 24px; text-align: right; font-variant-numeric: tabular-nums; }
summary .name { font-weight: 600; flex: 1; } summary .looked { color: var(--quiet); font-size: 13px; }
dl { margin: 8px 0; } dt { font-size: 12px; text-transform: uppercase; letter-spacing: 0.05em; color: var(--quiet); margin-top: 8px; }
dd { margin: 0; }
.finding { border-left: 3px solid var(--bad); padding: 2px 0 2px 12px; margin: 10px 0; }
.finding.waived { border-color: var(--warn); } .finding p { margin: 2px 0; }
.fix { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-size: 12px; text-transform: uppercase;
  letter-spacing: 0.05em; color: var(--quiet); font-weight: 600; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; } td.much { white-space: nowrap; color: var(--quiet); }
.matrix { display: block; width: 100%; margin: 0 auto; } .matrix text { fill: var(--text); font-family: inherit; }
.matrix text.own, .matrix text.count { fill: var(--quiet); font-size: 12px; }
.matrix rect.empty { fill: var(--good-soft); } .matrix rect.own { fill: var(--own); }
.matrix rect.edge { fill: none; stroke: var(--card); }
.matrix rect.half { fill: var(--half); } .matrix rect.warm { fill: var(--warm); } .matrix rect.hot { fill: var(--hot); }
.matrix rect.warm + text.count, .matrix rect.hot + text.count { fill: #fff; } .matrix rect.half + text.count { fill: #3b2f00; }
.legend { font-size: 13px; margin: 14px 0 0; display: flex; flex-wrap: wrap; gap: 4px 18px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.legend .empty { background: var(--good-soft); } .legend .half { background: var(--half); } .legend .warm { background: var(--warm); }
.legend .hot { background: var(--hot); } .legend .own { background: var(--own); }
@media print { body { background: #fff; } details > div { display: block; } }
`;
