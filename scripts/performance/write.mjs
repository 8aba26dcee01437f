// Writes what `make bench` measured into docs/performance.md, between its markers, and draws docs/images/growth.svg:
//
//     scripts/node node scripts/performance/write.mjs target/bench/*.json
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { picture } from './picture.mjs';

const root = new URL('../../', import.meta.url);
const page = new URL('docs/performance.md', root);
const runs = process.argv.slice(2).filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')));

const number = (value) => (value == null ? '' : Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toFixed(2))));
const met = { goal: 'goal', first: 'first', missed: '**missed**', none: '' };

function table(rows) {
  const line = ({ work, database, figure, unit, floor, first, goal, met: reached }) => {
    const ratio = floor > 0 ? figure / floor : undefined;
    return `| ${[work, database, number(figure), unit, number(floor), number(ratio), number(first), number(goal), met[reached]].join(' | ')} |`;
  };
  return ['| work | database | figure | unit | floor | ratio | first | goal | met |', '|---|---|--:|---|--:|--:|--:|--:|---|', ...rows.map(line)].join('\n');
}

/** Replaces what stands between two markers. */
function put(text, name, content) {
  const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`docs/performance.md has no ${from} … ${to}`);
  return `${text.slice(0, start + from.length)}\n${content}\n${text.slice(end)}`;
}

const rows = runs.flatMap((run) => run.rows ?? []);
const series = runs.flatMap((run) => run.series ?? []);
const kinds = { live: (row) => !row.work.startsWith('Growth') && row.database !== 'chromium', growth: (row) => row.work.startsWith('Growth'), client: (row) => row.database === 'chromium' };
let text = readFileSync(page, 'utf8');
for (const [name, belongs] of Object.entries(kinds)) {
  const wanted = rows.filter(belongs);
  // A part that was not measured this time keeps what it says.
  if (wanted.length > 0) text = put(text, name, table(wanted));
}
writeFileSync(page, text);
if (series.length > 0) writeFileSync(new URL('docs/images/growth.svg', root), picture(series));
